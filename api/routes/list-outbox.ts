import { and, desc, eq, lt } from 'drizzle-orm';
import { z } from 'zod';
import { outbox } from '../../schemas/db/outbox.ts';
import { effectStates } from '../../schemas/endings.ts';
import type { OutboxRow } from '../../store/outbox/claim-effect.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';
import { nextOf } from './list-fires.ts';

/** An effect without its content. */
export const effectView = z.strictObject({
  id: z.string(),
  effectKey: z.string(),
  kind: z.string(),
  channel: z.string(),
  accountId: z.string(),
  state: z.enum(effectStates),
  attempt: z.int(),
  detail: z.string().optional(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
});

export const listOutbox = route({
  method: 'get',
  path: '/api/v1/outbox',
  summary: 'Outward effects and what became of them, newest first; never their content',
  access: 'reader',
  query: z.strictObject({
    state: z.enum(effectStates).optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
    before: z.string().max(40).optional(),
  }),
  answers: {
    200: z.strictObject({ effects: z.array(effectView), next: z.string().optional() }),
    400: problem,
    401: problem,
  },
  handle: async ({ store }, { query: { state, limit, before } }) => {
    const rows = await store.db
      .select()
      .from(outbox)
      .where(
        and(
          state === undefined ? undefined : eq(outbox.state, state),
          before === undefined ? undefined : lt(outbox.id, before),
        ),
      )
      .orderBy(desc(outbox.id))
      .limit(limit);
    const effects = rows.map(viewEffect);
    return { status: 200, body: { effects, ...nextOf(rows, limit) } };
  },
});

/** An effect as it goes over the wire. Pure. */
export function viewEffect(row: OutboxRow): z.infer<typeof effectView> {
  const { id, effectKey, kind, channel, accountId, state, attempt } = row;
  return {
    ...{ id, effectKey, kind, channel, accountId, state, attempt },
    ...(row.result === null ? {} : { detail: row.result.detail }),
    createdAt: row.createdAt.toISOString(),
    ...(row.endedAt === null ? {} : { endedAt: row.endedAt.toISOString() }),
  };
}
