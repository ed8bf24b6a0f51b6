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
import type { Unsent, UnsentAnswer } from '../store/conversations/unsent-answers.ts';
import { conversations } from './proxies.ts';
import { inOneOrder, keepOneOrder, locally } from './steps/one-order.ts';
import { settleOutbox } from './steps/settle-outbox.ts';
import { thinkTurn } from './steps/think-turn.ts';

export interface ConversationInput {
  readonly conversationId: string;
}

export const turnAccepted = defineSignal(signals.turnAccepted);

/** A run without a word said for so long ends; the next message begins another. */
const idleMs = 10 * 60_000;
/**
 * A worker that was killed reads the whole history again, some milliseconds an event, within the ten seconds that the
 * server gives a task. Runs of before go on to 4,000 events.
 */
const longHistory = { events: 600, before: 4_000 };
/** A line with so few left is told what comes after them. */
const fewLeft = 5;
/**
 * Turns are local work, whose task ends only when it rests: in a burst nothing would be sent before the last turn. The
 * shortest timer takes about a second, so a single turn pays none.
 */
const turnsAtOnce = 25;
/**
 * On a machine that is overloaded a task of 25 turns lasts longer than the ten seconds that the server gives it, and would
 * begin anew for ever. Runs of before keep to 25.
 */
const turnsOfTask = 10;

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
  if (patched('oneOrder')) keepOneOrder();
  setHandler(turnAccepted, () =>
    inOneOrder(() => {
      hints += 1;
    }),
  );
  const sending: Sending = { lines: new Map(), held: new Set(), more: new Set(), closing: false };
  let turns = 0;
  let atOnce = 0;
  for (;;) {
    const seen = hints;
    const { inboxId, think, ...standing } = await takeTurn(conversationId);
    queueAll(sending, standing);
    if (inboxId !== undefined) {
      const sendMeanwhile = async () => queueAll(sending, await locally(() => conversations.next({ conversationId })));
      if (think !== undefined) await thinkTurn({ inboxId, spoken: () => hints, seen, sendMeanwhile }, think);
      turns += 1;
      setCurrentDetails(`**${turns} turns** taken by this run`);
      atOnce += 1;
      const rests = atOnce % turnsOfTask === 0 && patched('turnsOfTask');
      if (rests || atOnce % turnsAtOnce === 0) await sleep(1);
    } else {
      atOnce = 0;
      const woken = await condition(() => hints !== seen || runsDry(sending), idleMs);
      if (!woken && sending.held.size === 0) return { outcome: 'idle' };
    }
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    if (historyLength > longHistory.events && patched('handOver')) {
      // An effect in mid-air would count as unknown; what waits for another try is taken up by the next run.
      sending.closing = true;
      await condition(() => sending.held.size === 0);
      await continueAsNew<typeof conversation>({ conversationId });
    }
    if (sending.held.size === 0 && (continueAsNewSuggested || historyLength > longHistory.before)) {
      await continueAsNew<typeof conversation>({ conversationId });
    }
  }
}

/** What an older run did in two trips, whose second had no result before there were models. */
async function takeTurn(conversationId: string): Promise<Taken> {
  if (patched('take')) return await locally(() => conversations.take({ conversationId }));
  const standing = await conversations.next({ conversationId });
  const { inboxId } = standing;
  if (inboxId === undefined) return standing;
  return { ...standing, ...((await conversations.answer({ inboxId })) as Partial<Taken> | null) };
}

interface Sending {
  readonly lines: Map<string, string[]>;
  /** What waits in a line, or is under way. */
  readonly held: Set<string>;
  /** Lines of which more is to be sent than is held. */
  readonly more: Set<string>;
  /** Nothing is begun any more. */
  closing: boolean;
}

/** Whether a line is nearly done that has more to send. */
const runsDry = ({ lines, more }: Sending) => [...more].some((line) => (lines.get(line)?.length ?? 0) <= fewLeft);

function queueAll(sending: Sending, { unsent, more = [] }: Unsent): void {
  sending.more.clear();
  for (const line of more) sending.more.add(line);
  for (const answer of unsent) queue(sending, answer);
}

/** Sends what belongs to one line in its order, beside everything else. What is held already is not held twice. */
function queue(sending: Sending, { line: name, outboxId }: UnsentAnswer): void {
  const { lines, held } = sending;
  if (held.has(outboxId)) return;
  held.add(outboxId);
  const waiting = lines.get(name);
  if (waiting !== undefined) return void waiting.push(outboxId);
  const line = [outboxId];
  lines.set(name, line);
  const drain = async () => {
    for (let id = line[0]; id !== undefined && !sending.closing; id = line[0]) {
      try {
        await settleOutbox(id, () => sending.closing);
      } catch (error) {
        // The ledger has it: it is queued again with the next look.
        if (!(error instanceof TemporalFailure)) throw error;
      }
      line.shift();
      held.delete(id);
    }
    for (const id of line) held.delete(id);
    lines.delete(name);
  };
  void drain();
}
