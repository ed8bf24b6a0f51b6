import { type WorkflowExecutionStatusName, WorkflowNotFoundError } from '@temporalio/client';
import { and, eq, isNull, lt, ne, or, sql } from 'drizzle-orm';
import { fires } from '../schemas/db/fires.ts';
import type { Ending } from '../schemas/endings.ts';
import { StewardError } from '../schemas/errors.ts';
import type { FireRow } from '../store/fires/open-fire.ts';
import { cancelFires } from './cancel-fires.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { endAndFollow } from './end-and-follow.ts';
import { nameFailure } from './name-failure.ts';
import { startFire } from './start-fire.ts';

/** A start that is under way right now is not missing. */
const youngMs = 5_000;
/** Fires looked at by one sweep. */
const mostRows = 500;
/** Questions to Temporal at once. */
const atOnce = 8;

interface SweptFires {
  readonly restarted: number;
  readonly ended: number;
  readonly byEnding: Partial<Record<Ending, number>>;
}

/** Looks at the run of every open fire: starts it where there is none, writes the ending where it closed without one. */
export async function sweepFires(deps: DispatchDeps): Promise<SweptFires> {
  const before = new Date(deps.store.clock.now().getTime() - youngMs);
  const open = await deps.store.db
    .select()
    .from(fires)
    // What waits behind another run has none of its own yet.
    .where(
      and(eq(fires.state, 'open'), lt(fires.acceptedAt, before), or(isNull(fires.waits), ne(fires.waits, 'queue'))),
    )
    // A backlog of thousands is no reason to hold up what else a sweep does; each has its turn in one of the next.
    .orderBy(sql`random()`)
    .limit(mostRows);
  let restarted = 0;
  const byEnding: Partial<Record<Ending, number>> = {};
  for (let from = 0; from < open.length; from += atOnce) {
    const found = await Promise.all(open.slice(from, from + atOnce).map((fire) => sweepAlone(deps, fire)));
    for (const what of found) {
      if (what === 'restarted') restarted += 1;
      else if (what !== undefined) byEnding[what] = (byEnding[what] ?? 0) + 1;
    }
  }
  const ended = Object.values(byEnding).reduce((sum, count) => sum + count, 0);
  return { restarted, ended, byEnding };
}

/** A fire that cannot be started or ended holds up no other; a server that is away does. */
async function sweepAlone(deps: DispatchDeps, fire: FireRow): Promise<Ending | 'restarted' | undefined> {
  try {
    return await sweepFire(deps, fire);
  } catch (cause) {
    const error = nameFailure(cause);
    if (error instanceof StewardError && (error.code === 'storeBusy' || error.code === 'temporalBusy')) throw error;
    deps.log.warn({ fire: fire.id, err: error }, 'a fire could not be swept');
    return undefined;
  }
}

async function sweepFire(deps: DispatchDeps, fire: FireRow): Promise<Ending | 'restarted' | undefined> {
  const status = await statusOf(deps, fire);
  const overtaken = fire.reason !== null;
  if (overtaken && status === 'RUNNING') await cancelFires(deps, [fire]);
  if (overtaken && status === 'NOT_FOUND') {
    const { written } = await endAndFollow(deps, { fireId: fire.id, ending: 'cancelled' });
    return written ? 'cancelled' : undefined;
  }
  if (status === 'NOT_FOUND') {
    // Temporal forgets closed runs after weeks; a fire that old without an ending has lost its run for good.
    return (await startFire(deps, fire)) ? 'restarted' : undefined;
  }
  const closed = endingOf(status);
  if (closed === undefined) return undefined;
  const { ending, written } = await endAndFollow(deps, { fireId: fire.id, ...closed });
  return written ? ending : undefined;
}

async function statusOf({ client }: DispatchDeps, fire: FireRow): Promise<WorkflowExecutionStatusName | 'NOT_FOUND'> {
  try {
    const run = await client.workflow.getHandle(fire.workflowId).describe();
    return run.status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'NOT_FOUND';
    throw error;
  }
}

function endingOf(status: WorkflowExecutionStatusName): { ending: Ending; reason: string } | undefined {
  switch (status) {
    case 'COMPLETED':
      return { ending: 'ran', reason: 'the run completed without writing its ending' };
    case 'FAILED':
      return { ending: 'failed', reason: 'the run failed without writing its ending' };
    case 'TIMED_OUT':
      return { ending: 'failed', reason: 'the run timed out' };
    case 'CANCELLED':
      return { ending: 'cancelled', reason: 'cancelled in Temporal' };
    case 'TERMINATED':
      return { ending: 'cancelled', reason: 'terminated in Temporal' };
    default:
      return undefined;
  }
}
