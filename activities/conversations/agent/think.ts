import { failures, StewardError } from '../../../schemas/errors.ts';
import type { AnsweredAsk, ModelAsk } from '../../../schemas/model-chat.ts';
import { readTurn, type TurnRow } from '../../../store/conversations/keep-answer.ts';
import { channelOfTurn } from '../../../store/conversations/message-print.ts';
import { mostExchanges, talkBefore } from '../../../store/conversations/read-talk.ts';
import { openMessage } from '../../../store/conversations/seal-message.ts';
import { keepStep, readSteps } from '../../../store/conversations/turn-steps.ts';
import { showTimes } from '../../show-time.ts';
import { scopesOf } from '../scopes-of.ts';
import type { AgentDeps } from './agent-deps.ts';
import { agentTools } from './agent-tools.ts';
import { overBudget } from './budget.ts';
import { conclude } from './conclude.ts';
import { gatherMessages, withTold } from './gather-messages.ts';
import { whileTyping } from './keep-typing.ts';
import { showDrafts } from './show-drafts.ts';
import { showInChat } from './show-in-chat.ts';
import { staysHere } from './stays-here.ts';
import type { Thought } from './thought.ts';

export interface ThinkInput {
  readonly inboxId: string;
  /** From 1. */
  readonly step: number;
  /** No tools any more: it must answer. */
  readonly last: boolean;
}

/** More at once come from a model that has lost its way: they are cut off. */
const mostCalls = 8;
const mostTries = 3;
/** Facts that are pinned or named: more would be beside the point. */
const mostFacts = 12;

/**
 * Has a model take the next step of a turn, and keeps what it said; a step without calls ends the turn. May be repeated:
 * a step that is on record is not bought again.
 *
 * @throws modelBusy a few times over, storeBusy
 */
export async function think(deps: AgentDeps, { inboxId, step, last }: ThinkInput): Promise<Thought> {
  const { store } = deps;
  const [row, steps] = await Promise.all([readTurn(store, inboxId), readSteps(store, inboxId)]);
  if (row.takenBackAt !== null) return { calls: 0, stop: 'takenBack' };
  const known = steps.find((one) => one.step === step && one.call === 0);
  if (known !== undefined) return await thoughtOf(deps, inboxId, known.content as AnsweredAsk);
  const [spent, given] = await Promise.all([overBudget(deps, row), placeAndTime(deps, row)]);
  if (spent.stop !== undefined) return { calls: 0, stop: spent.stop };
  const { messages, tainted } = gatherMessages({
    ...given,
    steps: steps.filter((one) => one.step < step),
    last,
  });
  const localOnly = await staysHere(deps, row, { talk: given.talk, tainted });
  const told = await deps.memory.consider({
    ...{ personId: row.personId, said: given.said, most: mostFacts, leaves: !localOnly },
    scopes: scopesOf(deps.files, await channelOfTurn(store, row.accountId)),
  });
  const attempt = step * mostTries + deps.attempt();
  const shown = showDrafts(deps, row, attempt);
  // What has been read could lie in an address, which a chat would fetch to show what is there.
  const inChat = tainted ? undefined : showInChat(deps, row, attempt);
  const ask: ModelAsk = {
    messages: withTold(messages, told),
    tools: last ? [] : agentTools,
    maxOutputTokens: Math.min(4_096, spent.left),
    onText: (text) => {
      shown(text);
      inChat?.onText(text);
    },
    for: { personId: row.personId, purpose: 'turn', ref: inboxId, flow: 'conversation' },
    localOnly,
    ...signalOf(deps.cancelled()),
  };
  const reply = await whileTyping(deps, row, () => askOrStop(deps, ask));
  await inChat?.idle();
  if (typeof reply === 'string') return { calls: 0, stop: reply };
  const kept = { ...reply, calls: last ? [] : reply.calls.slice(0, mostCalls) };
  await keepStep(store, { turnId: inboxId, personId: row.personId, step, call: 0 }, kept, tainted);
  return await thoughtOf(deps, inboxId, kept);
}

/** An answer needs no second trip through the queue: it is there as soon as it is said. */
async function thoughtOf(deps: AgentDeps, inboxId: string, { calls }: AnsweredAsk): Promise<Thought> {
  if (calls.length === 0) await conclude(deps, { inboxId });
  return { calls: calls.length };
}

/** One that is away for a moment is waited for; one that refuses waits for a person, and the turn does not. */
async function askOrStop(
  { askModel, attempt, log }: AgentDeps,
  ask: ModelAsk,
): Promise<AnsweredAsk | 'modelDown' | 'modelNone'> {
  try {
    return await askModel(ask);
  } catch (error) {
    if (!(error instanceof StewardError) || !error.code.startsWith('model')) throw error;
    if (failures[error.code].kind === 'again' && attempt() < mostTries) throw error;
    log.warn({ code: error.code }, 'no model answered a turn');
    return error.code === 'modelNone' ? error.code : 'modelDown';
  }
}

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
