import { type ChatDocument, saying } from '../../../schemas/chat-document.ts';
import { visibleLine } from '../../../schemas/visible-text.ts';
import { readTurn, sayBeside } from '../../../store/conversations/keep-answer.ts';
import { channelOfTurn } from '../../../store/conversations/message-print.ts';
import { openMessage } from '../../../store/conversations/seal-message.ts';
import { readSteps } from '../../../store/conversations/turn-steps.ts';
import { runSafely } from '../answer-message.ts';
import { sayOf } from '../chat-command.ts';
import type { ConversationDeps } from '../conversation-deps.ts';
import { partsOfAnswer } from '../parts-of-answer.ts';
import { actIdOf, type CallOfTurn, callOf } from './act.ts';
import { asTyped, checkCall } from './agent-tools.ts';

/** What a person is asked to allow: exactly the command that would run, and what it answers. @throws notFound, sealBroken */
export async function describeCall(
  { store }: Pick<ConversationDeps, 'store'>,
  { inboxId, step, call }: CallOfTurn,
): Promise<{ personId: string; subject: string; text: string }> {
  const row = await readTurn(store, inboxId);
  const checked = checkCall(callOf(await readSteps(store, inboxId), step, call));
  const typed = 'wrong' in checked ? '' : asTyped(checked.command, checked.words);
  const where = await channelOfTurn(store, row.accountId);
  const said = visibleLine(openMessage(store, row).text, 200);
  return {
    personId: row.personId,
    subject: visibleLine(typed, 120),
    text: [typed, '', `A model asks for this, in answer to what you said on ${where}:`, `“${said}”`].join('\n'),
  };
}

/**
 * Does what a person allowed, and says in the place of the turn what came of it. May be repeated: it acts once under the
 * call's own name.
 *
 * @throws notFound, storeBusy, temporalBusy
 */
export async function carryOut(deps: ConversationDeps, { inboxId, step, call }: CallOfTurn): Promise<void> {
  const { store, dispatch } = deps;
  const row = await readTurn(store, inboxId);
  const checked = checkCall(callOf(await readSteps(store, inboxId), step, call));
  if ('wrong' in checked) return;
  const actId = actIdOf({ inboxId, step, call });
  const channel = await channelOfTurn(store, row.accountId);
  const turn = { inboxId, personId: row.personId, channel, actId, by: 'agent' as const };
  const { command, words } = checked;
  const came = sayOf(await runSafely(() => command.run(deps, turn, words, words.join(' '))));
  const document: ChatDocument = [saying({ code: asTyped(checked.command, checked.words) }), ...came];
  const parts = partsOfAnswer(document, row.channel, await deps.maxCharsOf(row.channel));
  await sayBeside(store, inboxId, `after:${step}-${call}`, parts);
  await dispatch.wakeConversation(row.conversationId!);
}
