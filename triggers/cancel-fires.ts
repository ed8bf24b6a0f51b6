import { WorkflowNotFoundError } from '@temporalio/client';
import { and, eq, ne } from 'drizzle-orm';
import { fires } from '../schemas/db/fires.ts';
import type { FireRow } from '../store/fires/open-fire.ts';
import type { StoreIn } from '../store/store.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { nameFailure } from './name-failure.ts';

/** Fires of one trigger that have no ending yet, oldest first; without those that only tell of a failure. */
export async function openFiresOf(store: StoreIn, trigger: string): Promise<FireRow[]> {
  return await store.db
    .select()
    .from(fires)
    .where(and(eq(fires.trigger, trigger), eq(fires.state, 'open'), ne(fires.kind, 'failure')))
    .orderBy(fires.acceptedAt, fires.dueAt, fires.id);
}

/** Asks the runs of these fires to stop; each writes its own ending, or the sweeper does. Never throws. */
export async function cancelFires({ client, log }: DispatchDeps, previous: readonly FireRow[]): Promise<void> {
  for (const fire of previous) {
    try {
      await client.workflow.getHandle(fire.workflowId).cancel();
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) continue;
      log.warn({ fire: fire.id, err: nameFailure(error) }, 'an overtaken run could not be cancelled');
    }
  }
}
