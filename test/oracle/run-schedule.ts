import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { fixedClock } from '../../schemas/clock.ts';
import type { Store } from '../../store/store.ts';
import { makeDispatch } from '../../triggers/dispatch.ts';
import { fileSetOf } from '../support/file-set-of.ts';
import type { Outage, Scheduled } from './campaign.ts';
import { whenUp } from './expect-endings.ts';

/**
 * Lives through one window with the real dispatcher and the real ledger, on a clock of its own: accounts at each look,
 * and ends runs when they are over. Runs are kept in memory: 30 days of them would take a Temporal server hours.
 *
 * @returns how often a run was started a second time
 */
export async function runSchedule(
  given: Pick<Store, 'db' | 'keys'> & { readonly personId: string },
  schedule: Scheduled,
  looks: readonly number[],
  outages: readonly Outage[],
): Promise<number> {
  const clock = fixedClock(new Date(looks[0]!));
  const started = new Set<string>();
  const running = new Map<string, { fireId: string; endsAt: number }>();
  const cancelled: string[] = [];
  let twice = 0;
  const workflow = {
    start: async (_: string, { workflowId, args: [input] }: { workflowId: string; args: [{ fireId: string }] }) => {
      if (started.has(workflowId)) {
        twice += 1;
        throw new WorkflowExecutionAlreadyStartedError('Already started', workflowId, 'noop');
      }
      started.add(workflowId);
      running.set(workflowId, { fireId: input.fireId, endsAt: clock.now().getTime() + schedule.runMs });
    },
    getHandle: (workflowId: string) => ({
      cancel: async () => {
        const run = running.get(workflowId);
        if (run === undefined) throw new WorkflowNotFoundError('No such run', workflowId, undefined);
        running.delete(workflowId);
        cancelled.push(run.fireId);
      },
    }),
  };
  const files = fileSetOf({ [schedule.name]: fileOf(schedule) });
  const dispatch = makeDispatch({
    store: { db: given.db, keys: given.keys, clock },
    client: { workflow } as unknown as Client,
    files: { current: () => files },
    log: { info() {}, warn: (facts) => expectNoWarning(facts) },
    personId: given.personId,
  });
  const settle = async (now: number) => {
    for (;;) {
      const [ended] = [...running]
        .map(([workflowId, run]) => ({ workflowId, fireId: run.fireId, at: whenUp(run.endsAt, outages) }))
        .sort((a, b) => a.at - b.at);
      if (ended === undefined || ended.at > now) return;
      clock.set(new Date(ended.at));
      running.delete(ended.workflowId);
      await dispatch.endFire({ fireId: ended.fireId, ending: 'ran' });
    }
  };
  for (const [at, now] of looks.entries()) {
    await settle(now);
    clock.set(new Date(now));
    // A wake and the sweeper may come at once.
    await Promise.all(Array.from({ length: at % 10 === 3 ? 2 : 1 }, () => dispatch.accountSlots(schedule.name)));
    for (const fireId of cancelled.splice(0)) await dispatch.endFire({ fireId, ending: 'cancelled' });
    await settle(now);
  }
  await settle(8e15);
  return twice;
}

function expectNoWarning(facts: object): void {
  const { err } = facts as { err?: Error };
  throw new Error('The dispatcher warned in a campaign without faults', { cause: err });
}

function fileOf({ when, zone, missed, overlap, until }: Scheduled): object {
  return {
    run: 'noop',
    when: { ...when, timezone: zone },
    missed: { policy: missed.policy, within: missed.withinMs, max: missed.max },
    overlap: typeof overlap === 'object' ? { policy: 'queue', max: overlap.queue } : overlap,
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
  };
}
