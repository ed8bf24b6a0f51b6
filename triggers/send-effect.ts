import type { DispatchDeps } from './dispatch-deps.ts';
import { nameFailure } from './name-failure.ts';
import { startOutbox } from './start-outbox.ts';

/** Sends an effect that no flow looks after. May be repeated. @throws temporalBusy; then the sweeper does it */
export async function sendEffect(deps: DispatchDeps, outboxId: string): Promise<void> {
  try {
    await startOutbox(deps, outboxId, { again: true, left: 'queued' });
  } catch (error) {
    throw nameFailure(error);
  }
}
