import { and, eq } from 'drizzle-orm';
import { fires } from '../schemas/db/fires.ts';
import type { Ending } from '../schemas/endings.ts';
import type { FireEnding } from '../schemas/flow-io.ts';
import { slotKeys } from '../schemas/ids.ts';
import { workflowTypes } from '../schemas/protocol.ts';
import { endFire } from '../store/fires/end-fire.ts';
import { type FireRow, openFire } from '../store/fires/open-fire.ts';
import { inTransaction } from '../store/store.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { fireEvent } from './fire-event.ts';
import { asksOnFailure, flowTriggers, follows } from './followers.ts';
import { nameFailure } from './name-failure.ts';
import { releaseQueue } from './release-queue.ts';
import { startFire } from './start-fire.ts';

/**
 * Writes the one ending of a fire, then sets off what waits for it: the next of its queue, `onFailure`, triggers of
 * kind `flow`. May be repeated: what was set off has a key of its own. What fails after the ending is left to the
 * sweeper.
 *
 * @returns the ending in force, and whether this call wrote it
 * @throws notFound, storeBusy
 */
export async function endAndFollow(
  deps: DispatchDeps,
  ending: FireEnding,
): Promise<{ readonly ending: Ending; readonly written: boolean }> {
  let ended: Awaited<ReturnType<typeof endFire>>;
  try {
    ended = await endFire(deps.store, ending, (fire, final) =>
      follows(deps.files.current(), fire, final, deps.store.clock.now()),
    );
  } catch (error) {
    throw nameFailure(error);
  }
  try {
    await releaseQueue(deps, ended.fire.trigger);
    if (!ended.fire.followed) await followFire(deps, ended.fire);
  } catch (error) {
    deps.log.warn({ fire: ended.fire.id, err: error }, 'an ending could not be followed yet; the sweeper tries again');
  }
  return { ending: ended.ending, written: ended.written };
}

/** Tells everybody who waits for the ending of a fire, and notes that they have been told. May be repeated. */
export async function followFire(deps: DispatchDeps, fire: FireRow): Promise<void> {
  if (fire.state === 'open') return;
  if (asksOnFailure(fire, fire.state)) await openFailure(deps, fire);
  const event = {
    fireId: fire.id,
    ...{ trigger: fire.trigger, flow: fire.flow, ending: fire.state, reason: fire.reason ?? '' },
    ...{ outcome: fire.outcome?.outcome ?? '', facts: fire.outcome?.facts ?? {} },
    ...{ dueAt: fire.dueAt.toISOString(), endedAt: fire.endedAt?.toISOString() ?? '' },
  };
  for (const { name } of flowTriggers(deps.files.current(), fire, fire.state, deps.store.clock.now())) {
    await fireEvent(deps, {
      ...{ trigger: name, kind: 'flow', slotKey: slotKeys.ended(fire.id), source: 'flow', event },
      args: { cause: event },
      causedBy: { fireId: fire.id, depth: fire.depth },
    });
  }
  await deps.store.db
    .update(fires)
    .set({ followed: true })
    .where(and(eq(fires.id, fire.id), eq(fires.followed, false)));
}

/** The runs that `onFailure` asks for: fires of the same trigger, so that the ledger tells the whole story in one place. */
async function openFailure(deps: DispatchDeps, failed: FireRow): Promise<void> {
  const { run, notify } = failed.policy!.onFailure!;
  const about = {
    ...{ fireId: failed.id, trigger: failed.trigger, flow: failed.flow, reason: failed.reason ?? '' },
    dueAt: failed.dueAt.toISOString(),
  };
  const wanted = [
    ...(run === undefined ? [] : [{ flow: run, slotKey: slotKeys.failure(failed.id), args: { failed: about } }]),
    ...(notify === undefined
      ? []
      : [
          {
            flow: workflowTypes.failureNotice as string,
            slotKey: `${slotKeys.failure(failed.id)}-notice`,
            args: { failed: about, ...(notify === true ? {} : { to: notify }) },
          },
        ]),
  ];
  for (const { flow, slotKey, args } of wanted) {
    const { fire } = await inTransaction(deps.store, (inside) =>
      openFire(
        inside,
        {
          ...{ personId: failed.personId, trigger: failed.trigger, flow, slotKey, kind: 'failure', args },
          ...{ priority: failed.priority, deliver: failed.deliver, dueAt: inside.clock.now() },
          causedBy: { fireId: failed.id, depth: failed.depth },
        },
        'failure',
      ),
    );
    if (fire.state === 'open') await startFire(deps, fire);
  }
}
