import { z } from 'zod';
import { approvalCode } from '../../schemas/approval.ts';
import { approvalStates } from '../../schemas/endings.ts';
import { type ApprovalRow, openApproval } from '../../store/approvals/ask-approval.ts';
import { findApproval, readApprovals } from '../../store/approvals/read-approvals.ts';
import type { StoreIn } from '../../store/store.ts';
import type { ApiDeps } from '../api-deps.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

const approvalView = z.strictObject({
  id: z.string(),
  code: z.string().describe('What a person types to name it'),
  state: z.enum(approvalStates),
  subject: z.string(),
  text: z.string(),
  editable: z.boolean(),
  contentHash: z.string(),
  expiresAt: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  decidedAt: z.iso.datetime().optional(),
  decidedBy: z.string().optional(),
});
const params = z.strictObject({ id: z.string().max(40) });
const decided = { 200: approvalView, 400: problem, 401: problem, 404: problem, 412: problem, 503: problem };
const body = z.strictObject({
  contentHash: z.string().optional().describe('Of the content that was seen; another one is refused'),
  text: z.string().min(1).max(32_768).optional().describe('The text as it shall go out, where it may be changed'),
});

export const listApprovals = route({
  method: 'get',
  path: '/api/v1/approvals',
  summary: 'What waits for the owner’s word, and what was said, newest first',
  access: 'reader',
  query: z.strictObject({
    state: z.enum(approvalStates).optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
  }),
  answers: { 200: z.strictObject({ approvals: z.array(approvalView) }), 400: problem, 401: problem },
  handle: async ({ store, personId }, { query: { state, limit } }) => {
    const rows = await readApprovals(store, { personId, limit, ...(state === undefined ? {} : { state }) });
    return { status: 200, body: { approvals: rows.map((row) => viewApproval(store, row)) } };
  },
});

export const approve = route({
  method: 'post',
  path: '/api/v1/approvals/{id}/approve',
  summary: 'Allows exactly what was asked; the first word stays',
  access: 'token',
  params,
  body: body.default({}),
  answers: decided,
  handle: async (deps, { params: { id }, body }) => await decide(deps, id, 'approved', body),
});

export const deny = route({
  method: 'post',
  path: '/api/v1/approvals/{id}/deny',
  summary: 'Refuses what was asked; the first word stays',
  access: 'token',
  params,
  body: body.omit({ text: true }).default({}),
  answers: decided,
  handle: async (deps, { params: { id }, body }) => await decide(deps, id, 'denied', body),
});

async function decide(deps: ApiDeps, named: string, word: 'approved' | 'denied', said: z.infer<typeof body>) {
  const { contentHash, text } = said;
  await deps.dispatch.decide({
    ...{ named, word, by: 'api' },
    ...(contentHash === undefined ? {} : { contentHash }),
    ...(text === undefined ? {} : { text }),
  });
  const row = await findApproval(deps.store, deps.personId, named);
  return { status: 200, body: viewApproval(deps.store, row) };
}

function viewApproval(store: Pick<StoreIn, 'keys'>, row: ApprovalRow): z.infer<typeof approvalView> {
  const { id, state, contentHash, expiresAt, createdAt, decidedAt, decidedBy } = row;
  return {
    ...{ id, code: approvalCode(id), state, contentHash, ...openApproval(store, row) },
    ...{ expiresAt: expiresAt.toISOString(), createdAt: createdAt.toISOString() },
    ...(decidedAt === null ? {} : { decidedAt: decidedAt.toISOString() }),
    ...(decidedBy === null ? {} : { decidedBy }),
  };
}
