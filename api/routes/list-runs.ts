import { WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';
import type { FireRow } from '../../store/fires/open-fire.ts';
import { readFires } from '../../store/fires/read-fires.ts';
import type { ApiDeps } from '../api-deps.ts';
import { fireView, viewFire } from '../fire-view.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';
import { hasRun, runLink } from '../run-link.ts';
import { fireQuery, nextOf, pageOf } from './list-fires.ts';

const runView = z.strictObject({
  ...fireView.shape,
  run: z
    .strictObject({
      status: z.string().describe('RUNNING, COMPLETED, FAILED and so on; FORGOTTEN after retention'),
      runId: z.string().optional(),
      historyEvents: z.int().optional(),
    })
    .optional()
    .describe('Left out where Temporal does not answer, and for a fire that never ran'),
  link: z.string().optional().describe('The run in the Temporal UI'),
});

/** Questions to Temporal at once. */
const atOnce = 8;

export const listRuns = route({
  method: 'get',
  path: '/api/v1/runs',
  summary: 'Fires with the state of their run in Temporal, newest first',
  access: 'reader',
  query: fireQuery.extend({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
  answers: { 200: z.strictObject({ runs: z.array(runView), next: z.string().optional() }), 400: problem, 401: problem },
  handle: async (deps, { query, header }) => {
    const rows = await readFires(deps.store, pageOf(query));
    const runs: z.infer<typeof runView>[] = [];
    for (let from = 0; from < rows.length; from += atOnce) {
      runs.push(
        ...(await Promise.all(rows.slice(from, from + atOnce).map((fire) => withRun(deps, fire, header('host'))))),
      );
    }
    return { status: 200, body: { runs, ...nextOf(rows, query.limit) } };
  },
});

async function withRun(deps: ApiDeps, fire: FireRow, host: string | undefined): Promise<z.infer<typeof runView>> {
  const view = viewFire(fire);
  if (!hasRun(fire)) return view;
  const url = runLink(deps, fire, host);
  const link = url === undefined ? {} : { link: url };
  try {
    const run = await deps.client.workflow.getHandle(fire.workflowId).describe();
    const { runId, historyLength } = run;
    return { ...view, run: { status: run.status.name, runId, historyEvents: historyLength }, ...link };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { ...view, run: { status: 'FORGOTTEN' } };
    return { ...view, ...link };
  }
}
