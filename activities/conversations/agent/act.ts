import { StewardError } from '../../../schemas/errors.ts';
import type { AnsweredAsk, ModelCall } from '../../../schemas/model-chat.ts';
import { readTurn, type TurnRow } from '../../../store/conversations/keep-answer.ts';
import { channelOfTurn } from '../../../store/conversations/message-print.ts';
import { mostExchanges, talkBefore } from '../../../store/conversations/read-talk.ts';
import { openMessage } from '../../../store/conversations/seal-message.ts';
import { type CallResult, keepStep, readSteps, type TurnStep } from '../../../store/conversations/turn-steps.ts';
import { renderPlain } from '../../chat-plain.ts';
import { runSafely } from '../answer-message.ts';
import { sayOf, type Turn } from '../chat-command.ts';
import type { AgentDeps } from './agent-deps.ts';
import { type CheckedCall, checkCall } from './agent-tools.ts';

/** One call of a model in a turn. */
export interface CallOfTurn {
  readonly inboxId: string;
  readonly step: number;
  /** From 1. */
  readonly call: number;
}

/** Characters of a result that a model sees. */
const resultChars = 8_000;

/**
 * Makes one call that a model asked for, once its arguments are checked. What changes anything is done only where
 * `agent.allow` names it and the turn holds no word from outside; else a person is to be asked. May be repeated: a call
 * acts once under its own name.
 *
 * @returns whether a person is to be asked
 * @throws notFound, storeBusy, temporalBusy
 */
export async function act(deps: AgentDeps, { inboxId, step, call }: CallOfTurn): Promise<{ asks: boolean }> {
  const { store } = deps;
  const row = await readTurn(store, inboxId);
  const steps = await readSteps(store, inboxId);
  const known = steps.find((one) => one.step === step && one.call === call);
  if (known !== undefined) return { asks: (known.content as CallResult).asks === true };
  const checked = checkCall(callOf(steps, step, call));
  const { result, outside } = await resultOf(deps, { row, steps, checked, actId: actIdOf({ inboxId, step, call }) });
  await keepStep(store, { turnId: inboxId, personId: row.personId, step, call }, result, outside);
  return { asks: result.asks === true };
}

/** What a call does is done once under this name, by the model itself or on a person's word. Pure. */
export const actIdOf = ({ inboxId, step, call }: CallOfTurn): string => `${inboxId}-${step}-${call}`;

/** The call as the model made it. @throws notFound */
export function callOf(steps: readonly TurnStep[], step: number, call: number): ModelCall {
  const said = steps.find((one) => one.step === step && one.call === 0)?.content as AnsweredAsk | undefined;
  const found = said?.calls[call - 1];
  if (found === undefined) throw new StewardError('notFound', `There is no call ${call} in step ${step}`);
  return found;
}

interface Acting {
  readonly row: TurnRow;
  readonly steps: readonly TurnStep[];
  readonly checked: CheckedCall;
  readonly actId: string;
}

async function resultOf(
  deps: AgentDeps,
  { row, steps, checked, actId }: Acting,
): Promise<{ result: CallResult; outside: boolean }> {
  if ('wrong' in checked) return { result: { text: checked.wrong }, outside: false };
  if (row.takenBackAt !== null) {
    return { result: { text: 'What was said was taken back: nothing is done.' }, outside: false };
  }
  const { command, tool, words } = checked;
  if (tool.effect && !(await mayAct(deps, row, steps, command.name))) {
    const text = 'The person is asked whether this may be done. It is done once they agree; you will not hear of it.';
    return { result: { text, asks: true }, outside: false };
  }
  const turn: Turn = {
    ...{ inboxId: row.id, personId: row.personId, actId, by: 'agent' },
    channel: await channelOfTurn(deps.store, row.accountId),
  };
  const document = sayOf(await runSafely(() => command.run(deps, turn, words, words.join(' '))));
  return { result: { text: renderPlain(document).slice(0, resultChars) }, outside: tool.outside };
}

async function mayAct(deps: AgentDeps, row: TurnRow, steps: readonly TurnStep[], name: string): Promise<boolean> {
  const allowed: readonly string[] = deps.files.current().instance.agent.allow;
  if (!allowed.includes(name) || steps.some(({ tainted }) => tainted)) return false;
  // What a model could have read before it asked: more than it did, at worst.
  const talk = await talkBefore(deps.store, row, mostExchanges);
  return !talk.some(({ tainted }) => tainted) && openMessage(deps.store, row).incomplete === undefined;
}
