import {
  condition,
  continueAsNew,
  defineSignal,
  setCurrentDetails,
  setHandler,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import { signals } from '../schemas/protocol.ts';
import { conversations } from './proxies.ts';
import { settleOutbox } from './steps/settle-outbox.ts';

export interface ConversationInput {
  readonly conversationId: string;
}

export const turnAccepted = defineSignal(signals.turnAccepted);

/** A run without a word said for so long ends; the next message begins another. */
const idleMs = 10 * 60_000;
/** A handover only waits until nothing is being sent: an effect in mid-air would count as unknown. */
const longHistory = 4_000;

/**
 * One conversation: its turns are taken one after another, in the order in which they were accepted.
 *
 *   message -> conversation -> conversations.answer -> outbox.send
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
  const lines = new Map<string, string[]>();
  let turns = 0;
  for (;;) {
    const seen = hints;
    const next = await conversations.next({ conversationId });
    if (next !== undefined) {
      const taken = await conversations.answer({ inboxId: next.inboxId });
      turns += 1;
      for (const { line, outboxIds } of taken.lines) queue(lines, line, outboxIds);
      setCurrentDetails(`**${turns} turns** taken by this run`);
    } else {
      const spoken = await condition(() => hints !== seen, idleMs);
      if (!spoken && lines.size === 0) return { outcome: 'idle' };
    }
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    if (lines.size === 0 && (continueAsNewSuggested || historyLength > longHistory)) {
      await continueAsNew<typeof conversation>({ conversationId });
    }
  }
}

/** Sends what belongs to one line in its order, beside everything else. */
function queue(lines: Map<string, string[]>, name: string, outboxIds: readonly string[]): void {
  if (outboxIds.length === 0) return;
  const waiting = lines.get(name);
  if (waiting !== undefined) return void waiting.push(...outboxIds);
  const line = [...outboxIds];
  lines.set(name, line);
  const drain = async () => {
    for (let id = line[0]; id !== undefined; id = line[0]) {
      try {
        await settleOutbox(id);
      } catch (error) {
        // The effect is in the outbox, where the sweeper finds it; the next one does not wait for ever.
        if (!(error instanceof TemporalFailure)) throw error;
      }
      line.shift();
    }
    lines.delete(name);
  };
  void drain();
}
