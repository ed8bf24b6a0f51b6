import { WorkflowNotFoundError } from '@temporalio/client';
import { and, eq, inArray, isNull, ne } from 'drizzle-orm';
import { fires } from '../schemas/db/fires.ts';
import type { FireRow } from '../store/fires/open-fire.ts';
import type { StoreIn } from '../store/store.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { nameFailure } from './name-failure.ts';

/** What `overlap` asks of a fire that has no ending yet. */
export type OpenFire = Pick<FireRow, 'id' | 'waits' | 'workflowId'>;

/** Fires of one trigger that have no ending yet, oldest first; without those that only tell of a failure. */
export async function openFiresOf(store: StoreIn, trigger: string): Promise<OpenFire[]> {
  return await store.db
    .select({ id: fires.id, waits: fires.waits, workflowId: fires.workflowId })
    .from(fires)
    .where(and(eq(fires.trigger, trigger), eq(fires.state, 'open'), ne(fires.kind, 'failure')))
    .orderBy(fires.acceptedAt, fires.dueAt, fires.id);
}

/** Those that are under way or about to be: what waits in the queue has not begun, and is overtaken by nobody. */
export const begun = (open: readonly OpenFire[]) => open.filter((fire) => fire.waits !== 'queue');

/**
 * Notes beside the fire that overtakes them, and in its transaction, that these are to be cancelled: a reason on an open
 * row, which stays that of the first. So a crash before their runs were asked leaves no run that nobody wants: the sweeper asks.
 */
export async function overtakeFires(inside: StoreIn, previous: readonly OpenFire[], by: string): Promise<void> {
  if (previous.length === 0) return;
  await inside.db
    .update(fires)
    .set({ reason: `overtaken by ${by}`, waits: null })
    .where(
      and(
        ...[eq(fires.state, 'open'), isNull(fires.reason)],
        inArray(
          fires.id,
          previous.map((fire) => fire.id),
        ),
      ),
    );
}

/** Asks the runs of these fires to stop; each writes its own ending, or the sweeper does. Never throws. */
export async function cancelFires(
  { client, log }: Pick<DispatchDeps, 'client' | 'log'>,
  previous: readonly Pick<OpenFire, 'id' | 'workflowId'>[],
): Promise<void> {
  for (const fire of previous) {
    try {
      await client.workflow.getHandle(fire.workflowId).cancel();
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) continue;
      log.warn({ fire: fire.id, err: nameFailure(error) }, 'an overtaken run could not be cancelled');
    }
  }
}
