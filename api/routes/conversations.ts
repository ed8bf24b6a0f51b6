import { z } from 'zod';
import { effectStates } from '../../schemas/endings.ts';
import { StewardError } from '../../schemas/errors.ts';
import { markRead } from '../../store/conversations/mark-read.ts';
import {
  type ConversationEntry,
  hasConversation,
  listConversations,
  readEntries,
} from '../../store/conversations/read-conversation.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

const head = { seq: z.int().describe('Grows; `after` asks for what follows it'), at: z.iso.datetime(), turn: z.int() };
const entryView = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('said'),
    ...head,
    id: z.string(),
    from: z.string(),
    channel: z.string(),
    text: z.string().describe('Empty where it was taken back'),
  }),
  z.strictObject({
    kind: z.literal('answer'),
    ...head,
    id: z.string(),
    part: z.int(),
    text: z.string(),
    state: z.enum(effectStates),
  }),
  z.strictObject({
    kind: z.literal('answered'),
    ...head,
    parts: z.int().describe('Nothing more is said to this turn; so many messages were'),
  }),
  z.strictObject({ kind: z.literal('takenBack').describe('Whoever said this turn took it back'), ...head }),
  z.strictObject({
    kind: z.literal('read'),
    ...head,
    channel: z.string().describe('Where this turn and all before it were read'),
  }),
]);
const conversationView = z.strictObject({
  id: z.string(),
  turns: z.int(),
  readTurn: z.int().describe('The last turn that was read, on whatever channel; 0 for none'),
  unread: z.int().describe('Turns after it that have their answer'),
  createdAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
});

export const listTalks = route({
  method: 'get',
  path: '/api/v1/conversations',
  summary: 'The conversations, the one last spoken in first',
  access: 'reader',
  query: z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
  answers: { 200: z.strictObject({ conversations: z.array(conversationView) }), 400: problem, 401: problem },
  handle: async ({ store, personId }, { query: { limit } }) => {
    const rows = await listConversations(store, personId, limit);
    const conversations = rows.map(
      ({ id, turns, readTurn, unread, createdAt, lastAt }): z.infer<typeof conversationView> => {
        return { id, turns, readTurn, unread, createdAt: createdAt.toISOString(), lastAt: lastAt.toISOString() };
      },
    );
    return { status: 200, body: { conversations } };
  },
});

const hitView = z.strictObject({
  conversation: z.string(),
  turn: z.int(),
  id: z.string().describe('The message that was said'),
  by: z.enum(['person', 'steward']),
  text: z.string(),
  channel: z.string(),
  at: z.iso.datetime(),
  why: z.array(z.string()).describe('Why it was found'),
});

export const searchTalk = route({
  method: 'get',
  path: '/api/v1/conversations/search',
  summary: 'What was said before that has to do with something, best first, commands left out',
  access: 'token',
  query: z.strictObject({
    question: z.string().min(1).max(2_000),
    from: z.iso.datetime({ offset: true }).optional(),
    to: z.iso.datetime({ offset: true }).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(20),
  }),
  answers: { 200: z.strictObject({ hits: z.array(hitView) }), 400: problem, 401: problem },
  handle: async ({ memory, personId }, { query: { question, from, to, limit } }) => {
    const found = await memory.recallTalk({
      ...{ personId, question, limit },
      ...{ from: from === undefined ? undefined : new Date(from), to: to === undefined ? undefined : new Date(to) },
    });
    const hits = found.map(({ inboxId, conversationId, at, why, ...rest }) => ({
      ...{ ...rest, conversation: conversationId, id: inboxId, at: at.toISOString(), why: [...why] },
    }));
    return { status: 200, body: { hits } };
  },
});

export const readTalk = route({
  method: 'get',
  path: '/api/v1/conversations/{id}/messages',
  summary: 'What was said in a conversation, oldest first',
  access: 'reader',
  params: z.strictObject({ id: z.string().max(40) }),
  query: z.strictObject({
    after: z.coerce.number().int().min(0).default(0),
    limit: z.coerce.number().int().min(1).max(500).default(100),
    turn: z.coerce.number().int().min(1).optional().describe('Only what belongs to this turn'),
  }),
  answers: { 200: z.strictObject({ entries: z.array(entryView) }), 400: problem, 401: problem, 404: problem },
  handle: async ({ store, personId }, { params: { id }, query }) => {
    await refuseUnknown(store, personId, id);
    const { after, limit, turn } = query;
    const only = turn === undefined ? {} : { turn };
    const entries = await readEntries(store, { conversationId: id, after, limit, ...only });
    return { status: 200, body: { entries: entries.map(viewEntry) } };
  },
});

export const readUpTo = route({
  method: 'post',
  path: '/api/v1/conversations/{id}/read',
  summary: 'Says that a conversation has been read up to a turn; it never goes back',
  access: 'token',
  params: z.strictObject({ id: z.string().max(40) }),
  body: z.strictObject({ turn: z.int().min(1) }),
  answers: { 200: z.strictObject({ readTurn: z.int() }), 400: problem, 401: problem, 404: problem },
  handle: async ({ store, personId }, { params: { id }, body: { turn } }) => {
    await refuseUnknown(store, personId, id);
    return { status: 200, body: { readTurn: await markRead(store, { conversationId: id, turn, channel: 'api' }) } };
  },
});

/** An entry as it goes over the wire. Pure. */
export const viewEntry = (entry: ConversationEntry) => ({ ...entry, at: entry.at.toISOString() });

/** @throws notFound where the person has no such conversation */
export async function refuseUnknown(...asked: Parameters<typeof hasConversation>): Promise<void> {
  if (!(await hasConversation(...asked))) throw new StewardError('notFound', `There is no conversation ${asked[2]}`);
}
