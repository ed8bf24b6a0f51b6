import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { isPostKind } from '../../schemas/channel-file.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import { StewardError } from '../../schemas/errors.ts';
import { type OutboxRow, openChat, openMail } from '../../store/outbox/claim-effect.ts';
import { openCall } from '../../store/outbox/queue-call.ts';
import { resendEffect } from '../../store/outbox/resend-effect.ts';
import type { ApiDeps } from '../api-deps.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';
import { effectView, viewEffect } from './list-outbox.ts';

const params = z.strictObject({ id: z.string().max(40) });
const wholeEffect = effectView.extend({
  to: z.string().describe('Where it goes'),
  subject: z.string().optional(),
  text: z.string().describe('All of it in plain words'),
});

export const showEffect = route({
  method: 'get',
  path: '/api/v1/outbox/{id}',
  summary: 'One outward effect with its content, and what became of it',
  access: 'token',
  params,
  answers: { 200: wholeEffect, 401: problem, 404: problem },
  handle: async ({ store }, { params: { id } }) => {
    const [row] = await store.db.select().from(outbox).where(eq(outbox.id, id));
    if (row === undefined) throw new StewardError('notFound', `There is no effect ${id}`);
    return { status: 200, body: { ...viewEffect(row), ...contentOf(store, row) } };
  },
});

export const resend = route({
  method: 'post',
  path: '/api/v1/outbox/{id}/resend',
  summary: 'Sends again what failed, or what nobody knows of whether it arrived; it may arrive twice',
  access: 'token',
  params,
  answers: { 202: effectView, 400: problem, 401: problem, 404: problem, 503: problem },
  handle: async ({ store, dispatch }, { params: { id } }) => {
    const row = await resendEffect(store, id, 'owner');
    await dispatch.sendEffect(id);
    return { status: 202, body: viewEffect(row) };
  },
});

function contentOf(store: ApiDeps['store'], row: OutboxRow): { to: string; subject?: string; text: string } {
  if (row.kind === 'call') {
    const { method, url } = openCall(store, row);
    return { to: url, text: `${method} ${url}` };
  }
  if (isPostKind(row.channel)) {
    const { to, subject, text } = openMail(store, row);
    return { to, subject, text };
  }
  const { address, text } = openChat(store, row);
  return { to: address, text };
}
