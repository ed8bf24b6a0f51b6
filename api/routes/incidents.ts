import { WorkflowNotFoundError } from '@temporalio/client';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { fires } from '../../schemas/db/fires.ts';
import { incidentStates } from '../../schemas/endings.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { TimelineEntry } from '../../schemas/fault-run.ts';
import { signals } from '../../schemas/protocol.ts';
import { acknowledgeIncident } from '../../store/incidents/acknowledge-incident.ts';
import { readIncident, readIncidents } from '../../store/incidents/read-incidents.ts';
import type { IncidentRow } from '../../store/incidents/timeline.ts';
import { nameFailure } from '../../triggers/name-failure.ts';
import type { ApiDeps } from '../api-deps.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';
import { nextOf } from './list-fires.ts';

const incidentView = z.strictObject({
  id: z.string(),
  fireId: z.string().describe('The fire that began it; its run handles the fault'),
  trigger: z.string(),
  service: z.string(),
  state: z.enum(incidentStates),
  flaps: z.int().describe('How often the service went down again within it'),
  openedAt: z.iso.datetime(),
  acknowledgedAt: z.iso.datetime().optional(),
  acknowledgedBy: z.string().optional(),
  recoveredAt: z.iso.datetime().optional(),
  closedAt: z.iso.datetime().optional(),
});

const oneIncident = z.strictObject({
  ...incidentView.shape,
  timeline: z.array(z.strictObject({ at: z.iso.datetime(), what: z.string() })).describe('Oldest first'),
});

const params = z.strictObject({ id: z.string().max(40) });

export const listIncidents = route({
  method: 'get',
  path: '/api/v1/incidents',
  summary: 'Faults of services, newest first',
  access: 'reader',
  query: z.strictObject({
    state: z.enum(incidentStates).optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
    before: z.string().max(40).optional().describe('Id of the last incident of the page before'),
  }),
  answers: {
    200: z.strictObject({ incidents: z.array(incidentView), next: z.string().optional() }),
    400: problem,
    401: problem,
  },
  handle: async ({ store }, { query: { state, limit, before } }) => {
    const rows = await readIncidents(store, {
      ...{ limit, ...(state === undefined ? {} : { state }), ...(before === undefined ? {} : { before }) },
    });
    return { status: 200, body: { incidents: rows.map(viewIncident), ...nextOf(rows, limit) } };
  },
});

export const showIncident = route({
  method: 'get',
  path: '/api/v1/incidents/{id}',
  summary: 'One fault of a service with what happened when',
  access: 'reader',
  params,
  answers: { 200: oneIncident, 401: problem, 404: problem },
  handle: async ({ store }, { params: { id } }) => ({ status: 200, body: await viewOf(store, id) }),
});

export const acknowledge = route({
  method: 'post',
  path: '/api/v1/incidents/{id}/acknowledge',
  summary: 'Takes a fault on, so that nobody further is told; or says that it is over',
  access: 'token',
  params,
  body: z
    .strictObject({
      note: z.string().trim().min(1).max(2_000).optional().describe('Kept sealed in the timeline'),
      closed: z.boolean().default(false).describe('It is over: the fault is closed, whatever its looks say'),
    })
    .default({ closed: false }),
  answers: { 200: oneIncident, 400: problem, 401: problem, 404: problem, 503: problem },
  handle: async (deps, { params: { id }, body }) => {
    const { note, closed } = body;
    const row = await acknowledgeIncident(deps.store, { id, closed, ...(note === undefined ? {} : { note }) });
    await hint(deps, row);
    return { status: 200, body: await viewOf(deps.store, id) };
  },
});

/** Tells the run that handles the fault. The record is the truth: a run that is not reached now reads it later. */
async function hint({ store, client, log }: ApiDeps, { fireId, id }: IncidentRow): Promise<void> {
  const [fire] = await store.db.select({ workflowId: fires.workflowId }).from(fires).where(eq(fires.id, fireId));
  try {
    if (fire !== undefined) await client.workflow.getHandle(fire.workflowId).signal(signals.incidentChanged);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return;
    log.warn({ incident: id, err: nameFailure(error) }, 'the run of an incident could not be told now');
  }
}

async function viewOf(store: ApiDeps['store'], id: string): Promise<z.infer<typeof oneIncident>> {
  const found = await readIncident(store, { id });
  if (found === undefined) throw new StewardError('notFound', `There is no incident ${id}`);
  const timeline = found.timeline.map(({ at, what }: TimelineEntry) => ({ at, what }));
  return { ...viewIncident(found.row), timeline };
}

function viewIncident(row: IncidentRow): z.infer<typeof incidentView> {
  const { id, fireId, trigger, service, state, flaps } = row;
  return {
    ...{ id, fireId, trigger, service, state, flaps, openedAt: row.openedAt.toISOString() },
    ...(row.acknowledgedAt === null ? {} : { acknowledgedAt: row.acknowledgedAt.toISOString() }),
    ...(row.acknowledgedBy === null ? {} : { acknowledgedBy: row.acknowledgedBy }),
    ...(row.recoveredAt === null ? {} : { recoveredAt: row.recoveredAt.toISOString() }),
    ...(row.closedAt === null ? {} : { closedAt: row.closedAt.toISOString() }),
  };
}
