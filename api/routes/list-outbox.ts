import { and, desc, eq, lt } from 'drizzle-orm';
import { z } from 'zod';
import { outbox } from '../../schemas/db/outbox.ts';
import { effectStates } from '../../schemas/endings.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';
import { nextOf } from './list-fires.ts';

const effectView = z.strictObject({
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
    const effects = rows.map(
      (row): z.infer<typeof effectView> => ({
        id: row.id,
        effectKey: row.effectKey,
        kind: row.kind,
        channel: row.channel,
        accountId: row.accountId,
        state: row.state,
        attempt: row.attempt,
        ...(row.result === null ? {} : { detail: row.result.detail }),
        createdAt: row.createdAt.toISOString(),
        ...(row.endedAt === null ? {} : { endedAt: row.endedAt.toISOString() }),
      }),
    );
    return { status: 200, body: { effects, ...nextOf(rows, limit) } };
  },
});
