import { type ChatDocument, saying } from '../../../schemas/chat-document.ts';
import type { AnsweredAsk } from '../../../schemas/model-chat.ts';
import { dropDraft } from '../../../store/conversations/drafts.ts';
import { keepAnswer, leftOf, readTurn, type TurnRow } from '../../../store/conversations/keep-answer.ts';
import { channelOfTurn } from '../../../store/conversations/message-print.ts';
import { openMessage } from '../../../store/conversations/seal-message.ts';
import { readSteps } from '../../../store/conversations/turn-steps.ts';
import { readMarkdown } from '../../read-markdown.ts';
import type { ConversationDeps } from '../conversation-deps.ts';
import { mirrorsOf } from '../mirrors-of.ts';
import { partsOfAnswer } from '../parts-of-answer.ts';
import type { Why } from './thought.ts';

/** Ends a turn with what a model said, or why it said nothing. May be repeated: the first answer stays. @throws storeBusy */
export async function conclude(
  deps: ConversationDeps,
  { inboxId, why }: { readonly inboxId: string; readonly why?: Why },
): Promise<void> {
  const row = await readTurn(deps.store, inboxId);
  if (row.answeredAt !== null) return;
  await endTurn(deps, row, why);
  // Whoever looks meanwhile sees the answer, and a draft of it for a moment more where the hot tier is away.
  await dropDraft(deps.hot, row.conversationId!).catch(() => undefined);
}

async function endTurn(deps: ConversationDeps, row: TurnRow, why: Why | undefined): Promise<void> {
  const { store } = deps;
  const inboxId = row.id;
  const steps = await readSteps(store, inboxId);
  // Each step is marked by all that the model was shown for it, the talk before included.
  const tainted = steps.some((step) => step.tainted);
  const said = steps.findLast(({ call }) => call === 0)?.content as AnsweredAsk | undefined;
  // What has been read may lie in the address of a link, and a preview of it is fetched without a click.
  const words = readMarkdown(said?.text ?? '', { links: !tainted });
  const document: ChatDocument = why === undefined ? orNothing(words) : [...whyWords[why]];
  if (why === 'cancelled' || why === 'interrupted' || why === 'takenBack') {
    return await keepAnswer(store, inboxId, leftOf(row), { stopped: why, tainted });
  }
  const message = openMessage(store, row);
  const { personId, accountId, channel } = row;
  const turn = { personId, accountId, channel: await channelOfTurn(store, accountId) };
  const mirrors = await mirrorsOf(deps, turn, message, document);
  const parts = partsOfAnswer(document, channel, await deps.maxCharsOf(channel));
  await keepAnswer(store, inboxId, parts, { mirrors, tainted });
}

const orNothing = (words: ChatDocument): ChatDocument =>
  words.length > 0 ? words : [saying('The model had nothing to say to that.')];

const ceiling = (key: string, of: string) => [
  saying(`I stop here: ${of} used up what `, { code: `agent.${key}` }, ' in steward.yaml allows.'),
];
const whyWords: Readonly<Record<Why, ChatDocument>> = {
  tokens: ceiling('tokens', 'this question has'),
  cost: ceiling('cost', 'this question has'),
  tokensPerDay: ceiling('tokensPerDay', 'the last 24 hours have'),
  costPerDay: ceiling('costPerDay', 'the last 24 hours have'),
  modelDown: [saying('No model answers just now. ', { code: '/help' }, ' lists what I understand without one.')],
  modelNone: [saying('No model may be asked this. ', { code: 'steward models' }, ' shows how each stands.')],
  late: [saying('That took longer than ', { code: 'agent.within' }, ' in steward.yaml allows, so I stopped.')],
  broken: [saying('That went wrong inside Steward and is in its log.')],
  cancelled: [],
  interrupted: [],
  takenBack: [],
};
