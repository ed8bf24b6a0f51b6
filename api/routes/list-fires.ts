import { z } from 'zod';
import { endings } from '../../schemas/endings.ts';
import { fireKinds } from '../../schemas/fire-kinds.ts';
import { readFires } from '../../store/fires/read-fires.ts';
import { fireView, viewFire } from '../fire-view.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

/** What a page of fires is asked for by. */
export const fireQuery = z.strictObject({
  trigger: z.string().max(100).optional(),
  state: z
    .enum(['open', ...endings])
    .optional()
    .describe('`open`, or how it ended'),
  kind: z.enum(fireKinds).optional().describe('What set it off'),
  since: z.iso.datetime({ offset: true }).optional().describe('Accepted at this instant or after it'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  before: z.string().max(40).optional().describe('Id of the last fire of the page before'),
});

const page = z.strictObject({ fires: z.array(fireView), next: z.string().optional() });

export const listFires = route({
  method: 'get',
  path: '/api/v1/fires',
  summary: 'The ledger: every slot, event and request with its ending, newest first',
  access: 'reader',
  query: fireQuery,
  answers: { 200: page, 400: problem, 401: problem },
  handle: async ({ store }, { query }) => {
    const rows = await readFires(store, pageOf(query));
    return { status: 200, body: { fires: rows.map(viewFire), ...nextOf(rows, query.limit) } };
  },
});

/** The same query without keys that hold nothing. */
export function pageOf({ trigger, state, kind, since, limit, before }: z.infer<typeof fireQuery>) {
  return {
    limit,
    ...(trigger === undefined ? {} : { trigger }),
    ...(state === undefined ? {} : { state }),
    ...(kind === undefined ? {} : { kind }),
    ...(since === undefined ? {} : { since: new Date(since) }),
    ...(before === undefined ? {} : { before }),
  };
}

/** Where the next page begins, when this one is full. */
export function nextOf(rows: readonly { id: string }[], limit: number): { next?: string } {
  const last = rows.at(-1);
  return last === undefined || rows.length < limit ? {} : { next: last.id };
}
