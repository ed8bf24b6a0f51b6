import { failures, StewardError } from '../../../schemas/errors.ts';
import type { AnsweredAsk } from '../../../schemas/model-chat.ts';
import { openMessage } from '../../../store/conversations/accept-messages.ts';
import { readTurn, type TurnRow } from '../../../store/conversations/keep-answer.ts';
import { talkBefore } from '../../../store/conversations/read-talk.ts';
import { keepStep, readSteps } from '../../../store/conversations/turn-steps.ts';
import { showTimes } from '../../show-time.ts';
import type { AgentDeps } from './agent-deps.ts';
import { agentTools } from './agent-tools.ts';
import { overBudget, type SpentUp } from './budget.ts';
import { gatherMessages } from './gather-messages.ts';
import { showDrafts } from './show-drafts.ts';

export interface Thought {
  /** How many calls it asks for; none: it has answered. */
  readonly calls: number;
  /** Why it did not think. */
  readonly stop?: SpentUp | 'modelDown';
}

export interface ThinkInput {
  readonly inboxId: string;
  /** From 1. */
  readonly step: number;
  /** No tools any more: it must answer. */
  readonly last: boolean;
}

/** Exchanges before this one that a model may see. */
export const mostExchanges = 20;
/** More at once are a model that has lost its way; the others are told so. */
export const mostCalls = 8;
const mostTries = 3;

/**
 * Has a model take the next step of a turn, and keeps what it said. May be repeated: a step that is on record is not
 * bought again.
 *
 * @throws modelBusy a few times over, storeBusy
 */
export async function think(deps: AgentDeps, { inboxId, step, last }: ThinkInput): Promise<Thought> {
  const { store } = deps;
  const row = await readTurn(store, inboxId);
  const steps = await readSteps(store, inboxId);
  const known = steps.find((one) => one.step === step && one.call === 0);
  if (known !== undefined) return thoughtOf(known.content as AnsweredAsk);
  const spent = await overBudget(deps, row);
  if (spent.stop !== undefined) return { calls: 0, stop: spent.stop };
  const { messages, tainted } = gatherMessages({
    ...(await placeAndTime(deps, row)),
    steps: steps.filter((one) => one.step < step),
    last,
  });
  try {
    const reply = await deps.askModel({
      messages,
      tools: last ? [] : agentTools,
      maxOutputTokens: Math.min(4_096, spent.left),
      onText: showDrafts(deps, row, step * mostTries + deps.attempt()),
      ...signalOf(deps.cancelled()),
    });
    const kept = { ...reply, calls: last ? [] : reply.calls.slice(0, mostCalls) };
    await keepStep(store, { turnId: inboxId, personId: row.personId, step, call: 0 }, kept, tainted);
    return thoughtOf(kept);
  } catch (error) {
    if (!(error instanceof StewardError) || !error.code.startsWith('model')) throw error;
    // One that is away for a moment is waited for; one that refuses waits for a person, and the turn does not.
    if (failures[error.code].kind === 'again' && deps.attempt() < mostTries) throw error;
    deps.log.warn({ turn: inboxId, code: error.code }, 'no model answered a turn');
    return { calls: 0, stop: 'modelDown' };
  }
}

const thoughtOf = ({ calls }: AnsweredAsk): Thought => ({ calls: calls.length });

async function placeAndTime({ store, zone }: AgentDeps, row: TurnRow) {
  const times = showTimes(zone());
  const at = store.clock.now();
  return {
    now: `${times.day(at)}, ${times.short(at)}`,
    zone: zone(),
    said: openMessage(store, row).text,
    talk: await talkBefore(store, row, mostExchanges),
  };
}

const signalOf = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });
