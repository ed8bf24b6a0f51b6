import {
  condition,
  continueAsNew,
  defineSignal,
  patched,
  setCurrentDetails,
  setHandler,
  sleep,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { Taken } from '../activities/conversations/conversation-activities.ts';
import { signals } from '../schemas/protocol.ts';
import type { UnsentAnswer } from '../store/conversations/keep-answer.ts';
import { conversations } from './proxies.ts';
import { settleOutbox } from './steps/settle-outbox.ts';
import { thinkTurn } from './steps/think-turn.ts';

export interface ConversationInput {
  readonly conversationId: string;
}

export const turnAccepted = defineSignal(signals.turnAccepted);

/** A run without a word said for so long ends; the next message begins another. */
const idleMs = 10 * 60_000;
/** A handover only waits until nothing is being sent: an effect in mid-air would count as unknown. */
const longHistory = 4_000;
/**
 * Turns are local work, whose task ends only when it rests: in a burst nothing would be sent before the last turn. The
 * shortest timer takes about a second, so a single turn pays none.
 */
const turnsAtOnce = 25;

/**
 * One conversation: its turns are taken one after another, in the order in which they were accepted.
 *
 *   message -> conversation -> conversations.take -> agent.think -> outbox.send
 *
 * Repeat: `conv:<conversation>`, one at a time; the ledger knows which turn is next. Failure: a turn that cannot be
 * answered yet is tried until it can; what is said meanwhile waits behind it. A thread whose server is away holds up
 * no other.
 */
export async function conversation({ conversationId }: ConversationInput): Promise<{ outcome: string }> {
  let hints = 0;
  setHandler(turnAccepted, () => {
    hints += 1;
  });
  const sending: Sending = { lines: new Map(), held: new Set() };
  let turns = 0;
  let atOnce = 0;
  for (;;) {
    const seen = hints;
    const { inboxId, think, unsent } = await takeTurn(conversationId);
    for (const answer of unsent) queue(sending, answer);
    if (inboxId !== undefined) {
      const sendMeanwhile = async () => {
        for (const answer of (await conversations.next({ conversationId })).unsent) queue(sending, answer);
      };
      if (think !== undefined) await thinkTurn({ inboxId, spoken: () => hints, seen, sendMeanwhile }, think);
      turns += 1;
      setCurrentDetails(`**${turns} turns** taken by this run`);
      atOnce += 1;
      if (atOnce % turnsAtOnce === 0) await sleep(1);
    } else {
      atOnce = 0;
      const spoken = await condition(() => hints !== seen, idleMs);
      if (!spoken && sending.held.size === 0) return { outcome: 'idle' };
    }
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    if (sending.held.size === 0 && (continueAsNewSuggested || historyLength > longHistory)) {
      await continueAsNew<typeof conversation>({ conversationId });
    }
  }
}

/** What an older run did in two trips, whose second had no result before there were models. */
async function takeTurn(conversationId: string): Promise<Taken> {
  if (patched('take')) return await conversations.take({ conversationId });
  const standing = await conversations.next({ conversationId });
  const { inboxId } = standing;
  if (inboxId === undefined) return standing;
  return { ...standing, ...((await conversations.answer({ inboxId })) as Partial<Taken> | null) };
}

interface Sending {
  readonly lines: Map<string, string[]>;
  /** What waits in a line, or is under way. */
  readonly held: Set<string>;
}

/** Sends what belongs to one line in its order, beside everything else. What is held already is not held twice. */
function queue({ lines, held }: Sending, { line: name, outboxId }: UnsentAnswer): void {
  if (held.has(outboxId)) return;
  held.add(outboxId);
  const waiting = lines.get(name);
  if (waiting !== undefined) return void waiting.push(outboxId);
  const line = [outboxId];
  lines.set(name, line);
  const drain = async () => {
    for (let id = line[0]; id !== undefined; id = line[0]) {
      try {
        await settleOutbox(id);
      } catch (error) {
        // The ledger has it: it is queued again with the next look.
        if (!(error instanceof TemporalFailure)) throw error;
      }
      line.shift();
      held.delete(id);
    }
    lines.delete(name);
  };
  void drain();
}
