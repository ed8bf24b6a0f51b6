import { condition, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow';
import type { FireInput } from '../../schemas/flow-io.ts';
import { signals } from '../../schemas/protocol.ts';
import { approvals, outbox } from '../proxies.ts';
import { sendBeside } from './send-beside.ts';

export const approvalDecided = defineSignal(signals.approvalDecided);

/** What a person is asked to allow. */
export interface AskedWord {
  /** One line: what would be done. */
  readonly subject: string;
  /** All of it, exactly as it would go out. */
  readonly text: string;
  /** Whether the person may change the text; no when left out. */
  readonly editable?: boolean;
  /** Milliseconds until no answer is a no; a week when left out. */
  readonly withinMs?: number;
}

/** `approved` with the text that may go out; anything else is a no. */
export type Word =
  | { readonly state: 'approved'; readonly text: string }
  | { readonly state: 'denied' | 'expired' | 'replaced' };

const weekMs = 7 * 86_400_000;
/** One run may ask for several words at once. */
let hints = 0;

/**
 * Asks the owner on every channel and waits for the word, for as long as it takes. The row is the truth: a signal only
 * makes it look. The same key with the same content is asked once; another content is asked anew.
 *
 * @param key - what it is about, within this run
 */
export async function askApproval(
  fire: Pick<FireInput, 'personId' | 'fireId'>,
  key: string,
  asked: AskedWord,
): Promise<Word> {
  setHandler(approvalDecided, () => {
    hints += 1;
  });
  const { personId } = fire;
  const { subject, text, editable = false, withinMs = weekMs } = asked;
  const expiresAt = new Date(Date.now() + withinMs).toISOString();
  const about = { personId, key: `${fire.fireId}:${key}`, workflowId: workflowInfo().workflowId, expiresAt };
  const { approvalId, code, expiresAt: until } = await approvals.ask({ ...about, subject, text, editable });
  // It may have taken the place of one that this run still waits for.
  hints += 1;
  await tell(personId, `${approvalId}:asked`, { subject: `May I? ${subject}`, text: questionOf(text, code, until) });
  for (;;) {
    const seen = hints;
    const word = await approvals.read({ personId, approvalId });
    if (word.state !== 'waiting') {
      await tell(personId, `${approvalId}:${word.state}`, decidedOf(subject, word), word.by);
      return word.state === 'approved' ? { state: 'approved', text: word.text ?? text } : { state: word.state };
    }
    // A moment more: a timer may come early by the clock of the ledger.
    await condition(() => hints !== seen, Math.max(0, Date.parse(until) - Date.now()) + 50);
  }
}

function questionOf(text: string, code: string, until: string): string {
  return [
    text,
    '',
    `Say /approve ${code} or /deny ${code} in a chat, or on this machine: steward approvals approve ${code}`,
    `Without a word until ${until} it is a no.`,
  ].join('\n');
}

function decidedOf(subject: string, { state, by }: { state: string; by?: string }) {
  const where = by === undefined ? '' : ` (${by})`;
  return { subject: `${state}: ${subject}`, text: `${subject}: ${state}${where}.` };
}

/** Nobody waits for a message to arrive: a mail server that is away holds up no word. */
async function tell(
  personId: string,
  key: string,
  message: { subject: string; text: string },
  except?: string,
): Promise<void> {
  const more = except === undefined ? {} : { except };
  const { outboxIds } = await outbox.notice({ personId, key, ...message, ...more });
  for (const outboxId of outboxIds) await sendBeside(outboxId);
}
