import { isPostKind } from '../../../schemas/channel-file.ts';
import { type ChatDocument, saying } from '../../../schemas/chat-document.ts';
import type { AnsweredAsk } from '../../../schemas/model-chat.ts';
import { readTurn, sayBeside } from '../../../store/conversations/keep-answer.ts';
import { readSteps } from '../../../store/conversations/turn-steps.ts';
import type { ConversationDeps } from '../conversation-deps.ts';
import { partsOfAnswer } from '../parts-of-answer.ts';

/** Says once that a turn takes longer, with what was looked at so far. A mail that says so would be one mail too many. */
export async function sayWorking(deps: ConversationDeps, inboxId: string): Promise<void> {
  const { channel, answeredAt } = await readTurn(deps.store, inboxId);
  if (answeredAt !== null || isPostKind(channel)) return;
  const looked = (await readSteps(deps.store, inboxId)).flatMap(({ call, content }) =>
    call === 0 ? (content as AnsweredAsk).calls.map(({ tool }) => tool) : [],
  );
  const so = looked.length === 0 ? '' : ` So far: ${[...new Set(looked)].join(', ')}.`;
  const words: ChatDocument = [saying(`Still working on it.${so} `, { code: '/cancel' }, ' stops it.')];
  const parts = partsOfAnswer(words, channel, await deps.maxCharsOf(channel));
  await sayBeside(deps.store, inboxId, 'working', parts, { whileOpen: true });
}
