import type { Logger } from 'pino';
import type { WatchState } from '../../schemas/db/fires.ts';
import type { Dispatch } from '../../schemas/dispatch.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { Files } from '../../schemas/file-set.ts';
import { slotKeys } from '../../schemas/ids.ts';
import { isInForce } from '../../schemas/is-in-force.ts';
import type { Trigger } from '../../schemas/trigger-file.ts';
import { kindOf } from '../../schemas/trigger-kinds.ts';
import { appendEvent } from '../../store/append-event.ts';
import { ensurePerson } from '../../store/ensure-person.ts';
import { lockTrigger } from '../../store/fires/lock-trigger.ts';
import { inTransaction, type Store } from '../../store/store.ts';
import { keepWatch, readWatch } from '../../store/triggers/watch-state.ts';
import { type Finding, judgeAnswer, requestFor } from '../judge-answer.ts';
import { type MachineFigures, readMachine } from '../read-machine.ts';
import { type RequestDeps, safeRequest } from '../safe-request.ts';
import { judgeReading, readMetric } from './read-metric.ts';
import { beginWatch, type Settle, stepWatch } from './step-watch.ts';

interface WatchDeps {
  readonly store: Store;
  readonly files: Pick<Files, 'current'>;
  readonly dispatch: Pick<Dispatch, 'fireEvent'>;
  readonly log: Pick<Logger, 'info'>;
  /** The owner's zone, IANA. */
  readonly zone: () => string;
  /** `$STEWARD_HOME`: a path on the disk whose figures count. */
  readonly home: string;
  readonly readFigures?: (home: string) => Promise<MachineFigures>;
  readonly request?: RequestDeps;
  /** When Temporal scheduled this activity: a retry then counts as the same look. */
  readonly scheduledAt?: () => Date | undefined;
}

interface Watch {
  readonly kind: 'http' | 'metric';
  readonly on: 'fault' | 'recovery' | 'both';
  readonly settle: Settle;
  /** Asks the far side; then judges, by whether the watch stands on faulty. */
  readonly look: () => Promise<(faulty: boolean) => Finding>;
}

/** What a `watchTrigger` run does. */
export function makeWatchActivities(deps: WatchDeps) {
  const { store, files, log, zone, scheduledAt = () => undefined } = deps;
  return {
    /**
     * Looks once at what a trigger of kind `http` or `metric` watches, and counts what it found; a change becomes a fire.
     *
     * May be repeated: the look of one scheduled activity counts once. The state moves first and holds the change until
     * its fire is in the ledger; the key of that fire is the number of the change. So a crash at any point leaves either
     * no change, or one that the next try tells, and it is told once.
     *
     * @throws storeBusy
     */
    look: async ({ trigger: name }: { trigger: string }): Promise<{ outcome: string }> => {
      const trigger = files.current().triggers.get(name);
      const watch = trigger === undefined ? undefined : watchOf(deps, trigger);
      if (trigger === undefined || watch === undefined || !isInForce(trigger, store.clock.now()))
        return { outcome: 'gone' };
      const { instance } = files.current();
      const { id: personId } = await ensurePerson(store, instance.owner.name, zone());
      await tell(deps, trigger, personId);
      const asked = scheduledAt()?.toISOString();
      if (!isCounted(await readWatch(store, name), asked)) {
        const judge = await watch.look();
        const { before, after } = await count(deps, { trigger, personId, watch, judge, asked });
        if (after.changes > before.changes) log.info({ trigger: name, faulty: after.faulty }, 'a watch changed');
        await tell(deps, trigger, personId);
      }
      const state = await readWatch(store, name);
      return { outcome: state === undefined ? 'gone' : wordsOf(state) };
    },
  };
}

/** A try that began earlier than this has been given up: `proxies.watch`. */
const oldestTryMs = 300_000;

/**
 * Both are instants of Temporal's clock, so an older try that still runs counts no more either. What seems to have been
 * asked long before the last look was asked after it, by a clock that was set back.
 */
function isCounted(state: WatchState | undefined, asked: string | undefined): boolean {
  if (asked === undefined || state?.countedFor === undefined) return false;
  const olderMs = Date.parse(state.countedFor) - Date.parse(asked);
  return olderMs >= 0 && olderMs <= oldestTryMs;
}

const wordsOf = ({ faulty, verdict, detail }: WatchState): string =>
  `${verdict === 'unknown' ? 'unknown' : faulty ? 'faulty' : 'well'}: ${detail}`;

function watchOf(deps: WatchDeps, { when }: Trigger): Watch | undefined {
  if ('http' in when) {
    const rule = when.http;
    const { n, of } = typeof rule.for === 'number' ? { n: rule.for, of: rule.for } : rule.for;
    const settle = { kind: 'count', n, of, recovers: rule.recovers ?? n, everyMs: rule.every } as const;
    return {
      ...{ kind: 'http', on: rule.on, settle },
      look: async () => {
        const answer = await safeRequest(requestFor(rule), deps.request);
        const finding = await judgeAnswer(answer, rule, deps.store.clock.now());
        return () => finding;
      },
    };
  }
  if (!('metric' in when)) return undefined;
  const rule = when.metric;
  const { readFigures = readMachine, home, request } = deps;
  return {
    ...{ kind: 'metric', on: rule.on, settle: { kind: 'time', forMs: rule.for, everyMs: rule.every } },
    look: async () => {
      const reading = await readMetric(rule, {
        readFigures: () => readFigures(home),
        ...(request === undefined ? {} : { request }),
      });
      return (faulty) => judgeReading(reading, rule, faulty);
    },
  };
}

interface Look {
  readonly trigger: Trigger;
  readonly personId: string;
  readonly watch: Watch;
  readonly judge: (faulty: boolean) => Finding;
  readonly asked: string | undefined;
}

/** Moves the state by one finding, in one transaction; a change that counts waits in it until it is told. */
async function count(
  { store }: WatchDeps,
  { trigger, personId, watch, judge, asked }: Look,
): Promise<{ before: WatchState; after: WatchState }> {
  // Headers may hold a token, so the hash is a keyed one.
  const hash = store.keys.fingerprint('watch', JSON.stringify(trigger.when));
  return await inTransaction(store, async (inside) => {
    await lockTrigger(inside, trigger.name);
    const known = await readWatch(inside, trigger.name);
    const now = inside.clock.now();
    const before = beginWatch(known, hash, now);
    // Another try was faster, or has a change left to tell before a further one is counted.
    if (isCounted(known, asked) || before.untold !== undefined) return { before, after: before };
    const finding = judge(before.faulty);
    const stepped = stepWatch(before, finding, watch.settle, now);
    const { changes, faulty } = stepped;
    const tells = changes > before.changes && (watch.on === 'both' || (watch.on === 'fault') === faulty);
    const slotKey = slotKeys.change(watch.kind, changes, faulty);
    const after: WatchState = {
      ...stepped,
      ...(asked === undefined ? {} : { countedFor: asked }),
      ...(tells ? { untold: { slotKey, at: now.toISOString(), facts: finding.facts } } : {}),
    };
    await keepWatch(inside, { trigger: trigger.name, personId }, after);
    if (after.changes > before.changes) {
      const type = after.faulty ? 'watch.faulty' : 'watch.well';
      await appendEvent(inside, { aggregate: 'watch', aggregateId: trigger.name, type, personId });
    }
    return { before, after };
  });
}

/** Makes a fire of the change that the state holds, if it holds one. */
async function tell({ store, dispatch }: WatchDeps, trigger: Trigger, personId: string): Promise<void> {
  const state = await readWatch(store, trigger.name);
  if (state?.untold === undefined) return;
  const { faulty, changes, since, detail, untold } = state;
  const { slotKey, at, facts } = untold;
  const event = { ...facts, faulty, changes, since, detail };
  const told = { trigger: trigger.name, kind: kindOf(trigger), slotKey, source: 'watch', dueAt: new Date(at) };
  try {
    await dispatch.fireEvent({ ...told, event, args: { event } });
  } catch (error) {
    // Switched off in this moment: there is nobody to tell.
    if (!(error instanceof StewardError) || error.code !== 'notFound') throw error;
  }
  await inTransaction(store, async (inside) => {
    await lockTrigger(inside, trigger.name);
    const now = await readWatch(inside, trigger.name);
    if (now?.untold?.slotKey !== slotKey) return;
    const { untold: _told, ...rest } = now;
    await keepWatch(inside, { trigger: trigger.name, personId }, rest);
  });
}
