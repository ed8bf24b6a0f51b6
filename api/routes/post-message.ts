import { z } from 'zod';
import type { IncomingMessage } from '../../schemas/chat-message.ts';
import { visibleText } from '../../schemas/visible-text.ts';
import { apiAccount, ensureApiAccount } from '../../store/accounts/api-account.ts';
import { acceptMessages } from '../../store/conversations/accept-messages.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

export const postMessage = route({
  method: 'post',
  path: '/api/v1/messages',
  summary: 'Says something to Steward; answered when the turn and a fire of each trigger that it matches are safe',
  access: 'token',
  body: z.strictObject({
    id: z
      .string()
      .regex(/^[\w.:-]{1,100}$/, 'expected 1 to 100 letters, digits and . _ : -')
      .describe('The same id is the same message, however often it is sent'),
    text: z.string().min(1).max(32_768),
    room: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('A thread of its own; the one direct conversation when left out'),
    from: z.string().max(200).default('me'),
  }),
  answers: {
    202: z.strictObject({
      fires: z.array(z.strictObject({ fireId: z.string(), workflowId: z.string(), accepted: z.boolean() })),
      conversation: z.string(),
      turn: z.int().describe('Its number in the conversation, from 1'),
      message: z.string(),
    }),
    400: problem,
    401: problem,
    503: problem,
  },
  handle: async ({ dispatch, store, personId }, { body: { id, text, room, from } }) => {
    const account = await ensureApiAccount(store, personId);
    // No room has this name.
    const key = room ?? '';
    const message: IncomingMessage = {
      ...{ dedupeKey: id, from, text: visibleText(text), at: store.clock.now().toISOString(), addressed: true },
      thread: { key, kind: room === undefined ? 'direct' : 'thread', address: key },
    };
    const [taken] = await acceptMessages(store, { accountId: account.id, personId, channel: apiAccount.kind }, [
      message,
    ]);
    const { inboxId, conversationId, turn } = taken!;
    const fires = await dispatch.messagesAccepted([inboxId]);
    return { status: 202, body: { fires, conversation: conversationId, turn, message: inboxId } };
  },
});
