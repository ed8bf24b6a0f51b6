import { createHash } from 'node:crypto';
import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptions,
  type ScheduleSpec,
  type ScheduleUpdateOptions,
} from '@temporalio/client';
import { type Clock, systemClock } from '../schemas/clock.ts';
import { StewardError } from '../schemas/errors.ts';
import type { FileSet } from '../schemas/file-set.ts';
import { workflowIds } from '../schemas/ids.ts';
import { parseInstant } from '../schemas/parse-instant.ts';
import { taskQueues, workflowTypes } from '../schemas/protocol.ts';
import { slotRuleOf } from '../schemas/slot-rule.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import type { DispatchLog } from './dispatch-deps.ts';
import { nameFailure } from './name-failure.ts';
import { ownerZone } from './owner-zone.ts';
import { correctList, noting, type RecentSchedules } from './recent-schedules.ts';
import { ruleWords } from './rule-words.ts';
import { nextSlots } from './slots.ts';
import { wakeSpec } from './wake-spec.ts';

type Wanted = ScheduleOptions & { readonly state: { readonly paused: boolean; readonly note: string } };

/** What a reconciliation changed; ids of Temporal Schedules. */
export interface Reconciled {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly deleted: readonly string[];
}

type Change = () => Promise<readonly [keyof Reconciled, string] | undefined>;
const changesAtOnce = 10;

interface ReconcileDeps {
  readonly client: Client;
  readonly log: DispatchLog;
  readonly clock?: Clock;
  /** Kept from one call to the next. */
  readonly recent?: RecentSchedules;
}

/**
 * Brings Temporal's Schedules in line with the trigger files: each only wakes the dispatcher, which knows the slots.
 * Changes what differs and nothing else; may be repeated. Schedules that are not ours are left alone.
 *
 * @throws temporalBusy
 */
export async function reconcileSchedules(
  { client, log, clock = systemClock, recent = new Map() }: ReconcileDeps,
  files: FileSet,
): Promise<Reconciled> {
  try {
    const wanted = new Map(wantedSchedules(files, clock.now()).map((schedule) => [schedule.scheduleId, schedule]));
    const known = new Map<string, string | undefined>();
    for await (const { scheduleId, state } of client.schedule.list()) {
      if (scheduleId.startsWith(workflowIds.schedule('')) || scheduleId === workflowIds.sweepSchedule()) {
        known.set(scheduleId, wordsOf(state));
      }
    }
    correctList(known, recent);
    const changes: Change[] = [];
    for (const [id, schedule] of wanted) {
      const words = wordsOf(schedule.state);
      if (known.get(id) === words) continue;
      // The list lags behind, so what it lacks may be there and what it holds may be gone.
      const there = known.has(id);
      const bring = () => (there ? update(client, schedule) : create(client, schedule));
      changes.push(async () => {
        const asExpected = await noting(recent, id, words, bring);
        // A person who saved a watch wants to know now, and not in an hour.
        if (isWatch(schedule)) await client.schedule.getHandle(id).trigger('SKIP');
        return [there === asExpected ? 'updated' : 'created', id];
      });
    }
    for (const id of known.keys()) {
      if (wanted.has(id)) continue;
      changes.push(async () => {
        return (await noting(recent, id, undefined, () => remove(client, id))) ? ['deleted', id] : undefined;
      });
    }
    return await makeChanges(changes, log);
  } catch (error) {
    throw nameFailure(error);
  }
}

const isWatch = ({ action }: Wanted) =>
  action.type === 'startWorkflow' && action.workflowType === workflowTypes.watchTrigger;

/**
 * Some at once. What Temporal refuses does not keep back the others; the first refusal is thrown in the end.
 *
 * @throws what a change threw
 */
async function makeChanges(changes: readonly Change[], log: DispatchLog): Promise<Reconciled> {
  const made = { created: [] as string[], updated: [] as string[], deleted: [] as string[] };
  const failures: unknown[] = [];
  for (let from = 0; from < changes.length; from += changesAtOnce) {
    const page = await Promise.allSettled(changes.slice(from, from + changesAtOnce).map((change) => change()));
    for (const result of page) {
      if (result.status === 'rejected') failures.push(nameFailure(result.reason));
      else if (result.value !== undefined) made[result.value[0]].push(result.value[1]);
    }
    // A server that is away is away for the rest too.
    if (failures.some((failure) => failure instanceof StewardError)) break;
  }
  if (made.created.length + made.updated.length + made.deleted.length > 0) log.info(made, 'schedules reconciled');
  if (failures.length > 0) throw failures[0];
  return made;
}

/** By what it is told whether anything differs. */
const wordsOf = (state: { readonly paused: boolean; readonly note?: string }) => `${state.paused} ${state.note ?? ''}`;

async function create(client: Client, schedule: Wanted): Promise<boolean> {
  try {
    await client.schedule.create(schedule);
    return true;
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await update(client, schedule);
    return false;
  }
}

/** @returns false where the schedule was gone and has been made again */
async function update(client: Client, schedule: Wanted): Promise<boolean> {
  try {
    await client.schedule.getHandle(schedule.scheduleId).update(() => schedule as unknown as ScheduleUpdateOptions);
    return true;
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    await client.schedule.create(schedule);
    return false;
  }
}

async function remove(client: Client, id: string): Promise<boolean> {
  try {
    await client.schedule.getHandle(id).delete();
    return true;
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    return false;
  }
}

/** One Schedule for each enabled trigger that has slots to come, and the sweeper's. */
function wantedSchedules(files: FileSet, now: Date): Wanted[] {
  const wanted = [
    schedule(workflowIds.sweepSchedule(), 'each minute', {
      spec: { intervals: [{ every: '1m' }], timezone: 'UTC' },
      action: {
        type: 'startWorkflow',
        workflowType: workflowTypes.sweep,
        workflowId: workflowIds.sweep(),
        taskQueue: taskQueues.main,
        args: [],
        staticSummary: 'finds rows without runs and runs without endings',
      },
    }),
  ];
  for (const trigger of files.triggers.values()) {
    const { name, enabled } = trigger;
    if (enabled && ('http' in trigger.when || 'metric' in trigger.when)) wanted.push(watchSchedule(trigger));
    const rule = slotRuleOf(trigger, ownerZone(files));
    // A wake that never comes is no Schedule: Temporal would keep it for ever.
    if (!enabled || rule === undefined || nextSlots(rule, now, 1).length === 0) continue;
    const words = ruleWords(rule);
    wanted.push(
      schedule(workflowIds.schedule(name), `triggers/${name}.yaml: ${words}`, {
        spec: wakeSpec(rule),
        action: {
          type: 'startWorkflow',
          workflowType: workflowTypes.wakeTrigger,
          workflowId: workflowIds.wake(name),
          taskQueue: taskQueues.main,
          args: [{ trigger: name }],
          staticSummary: `wakes ${name}: ${words}`.slice(0, 180),
        },
      }),
    );
  }
  return wanted;
}

const wakePolicies = {
  // A wake that comes while one is at work may bring a newer slot; more than one waiting brings nothing new.
  overlap: 'BUFFER_ONE',
  // After an absence the sweep at start accounts for all slots: old wakes have nothing to add.
  catchupWindow: '1m',
  pauseOnFailure: false,
} as const;

/** A look at what a trigger watches, again and again. Looks that were missed are no slots: the next one sees as much. */
function watchSchedule({ name, when, until }: Trigger): Wanted {
  const every = 'http' in when ? when.http.every : 'metric' in when ? when.metric.every : 0;
  // Temporal counts in whole seconds.
  const everyMs = Math.max(1_000, Math.ceil(every / 1_000) * 1_000);
  // Spread by name, so that not all watches look in the same moment.
  const spread = Number.parseInt(createHash('sha256').update(name).digest('hex').slice(0, 8), 16);
  const kind = 'http' in when ? 'http' : 'metric';
  return schedule(
    workflowIds.schedule(name),
    `triggers/${name}.yaml: ${kind} every ${everyMs / 1_000} s`,
    {
      spec: {
        intervals: [{ every: everyMs, offset: Math.floor((spread % everyMs) / 1_000) * 1_000 }],
        timezone: 'UTC',
        ...(until === undefined ? {} : { endAt: new Date(parseInstant(until)) }),
      },
      action: {
        type: 'startWorkflow',
        workflowType: workflowTypes.watchTrigger,
        workflowId: workflowIds.watch(name),
        taskQueue: taskQueues.main,
        args: [{ trigger: name }],
        staticSummary: `looks for ${name}: ${kind} every ${everyMs / 1_000} s`,
      },
    },
    { overlap: 'SKIP', catchupWindow: '10s', pauseOnFailure: false },
  );
}

/** The note shows in the Temporal UI, and its hash says whether anything differs. */
function schedule(
  id: string,
  words: string,
  parts: { spec: ScheduleSpec; action: ScheduleOptions['action'] },
  policies: NonNullable<ScheduleOptions['policies']> = wakePolicies,
): Wanted {
  const hash = createHash('sha256')
    .update(JSON.stringify([parts, policies]))
    .digest('hex')
    .slice(0, 12);
  return {
    scheduleId: id,
    ...parts,
    policies,
    state: { paused: false, note: `${words} [${hash}]` },
  };
}
