import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { and, gt, inArray, lte, sql } from 'drizzle-orm';
import { systemClock } from '../../schemas/clock.ts';
import { fires, triggerCursors } from '../../schemas/db/fires.ts';
import { events } from '../../schemas/db/records.ts';
import { endings } from '../../schemas/endings.ts';
import { keyRing } from '../../store/keys/key-ring.ts';
import { readRootKeys } from '../../store/keys/root-key.ts';
import { openDatabase } from '../../store/open-database.ts';
import type { Store } from '../../store/store.ts';
import { readPorts } from '../../workers/home/choose-ports.ts';
import { readState } from '../../workers/home/home-state.ts';
import { homePlaces } from '../../workers/home/open-home.ts';
import { placeCluster } from '../../workers/home/place-cluster.ts';
import { postgresUrl } from '../../workers/home/start-postgres.ts';
import { killPlan } from './kill-plan.ts';

const cli = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const restWithinMs = 10 * 60_000;

/** What the triggers of the campaign say, and when each is due: by the second of the day, written by hand. */
const schedules: Readonly<Record<string, { readonly text: string; readonly due: (second: number) => boolean }>> = {
  'every-two': {
    text: 'when: { every: 2s }\nmissed: { policy: all, max: 100 }\noverlap: allow\n',
    due: (second) => second % 2 === 0,
  },
  'cron-three': {
    text: 'when: { schedule: "*/3 * * * * *" }\nmissed: { policy: latest }\n',
    due: (second) => (second % 60) % 3 === 0,
  },
  'rule-thirds': {
    text: 'when: { rrule: "FREQ=MINUTELY;BYSECOND=0,7,30" }\nmissed: { policy: none }\n',
    due: (second) => [0, 7, 30].includes(second % 60),
  },
  'queue-five': {
    text: 'when: { schedule: "@every 5s" }\nmissed: { policy: all, max: 20 }\noverlap: { policy: queue, max: 3 }\n',
    due: (second) => second % 5 === 0,
  },
  'each-minute': {
    text: 'when: { schedule: "* * * * *" }\nmissed: { policy: latest, within: 1m }\noverlap: cancelPrevious\n',
    due: (second) => second % 60 === 0,
  },
};
const names = Object.keys(schedules);

interface Progress {
  readonly seed: number;
  readonly kills: number;
  readonly done: number;
  /** Slots after this instant are judged. */
  readonly from: string;
}

/**
 * Schedules every few seconds in a real home under SIGKILLs: each slot must end once. A campaign that was interrupted
 * goes on where it was when it is given its home again.
 *
 * @returns what was found, for the summary, and whether it is as it should be
 */
export async function scheduleChaos(options: { seed: number; kills: number; home?: string; keep: boolean }) {
  const root = options.home ?? mkdtempSync(join(tmpdir(), 'steward-chaos-'));
  const progressFile = join(root, 'chaos-schedule.json');
  const save = (progress: Progress) => writeFileSync(progressFile, JSON.stringify(progress));
  const steward = (...args: string[]) =>
    execFileSync(process.execPath, [cli, ...args], {
      env: { ...process.env, STEWARD_HOME: root, NO_COLOR: '1' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  mkdirSync(join(root, 'triggers'), { recursive: true });
  for (const [name, { text }] of Object.entries(schedules)) {
    writeFileSync(join(root, 'triggers', `${name}.yaml`), `run: noop\n${text}`);
  }
  process.stderr.write(`seed ${options.seed}: starting Steward in ${root}; go on with --home ${root}\n`);
  // A campaign that was interrupted may have left its home running.
  if (readState(homePlaces(root))?.phase !== 'ready') steward('up', '--detach');
  let progress: Progress;
  if (existsSync(progressFile)) progress = JSON.parse(readFileSync(progressFile, 'utf8')) as Progress;
  else {
    const { seed, kills } = options;
    progress = { seed, kills, done: 0, from: (await untilSeen(root)).toISOString() };
    save(progress);
  }
  const killed: Record<string, number> = {};
  const began = performance.now();
  for (const [at, { afterMs, victim }] of killPlan(progress.seed, progress.kills).entries()) {
    if (at < progress.done) continue;
    await sleep(afterMs);
    // Half way everything stops for longer than a slot may be late: `missed` decides what is caught up.
    if (at === Math.floor(progress.kills / 2)) {
      steward('down');
      await sleep(75_000);
      steward('up', '--detach');
    }
    const part = victim === 'imap' || victim === 'node' ? 'steward' : victim;
    await killPart(root, part);
    killed[part] = (killed[part] ?? 0) + 1;
    progress = { ...progress, done: at + 1 };
    save(progress);
    if ((at + 1) % 10 === 0) process.stderr.write(`${at + 1} of ${progress.kills} kills\n`);
  }
  const to = new Date();
  const rested = await untilRest(root, new Date(progress.from), to);
  const verdict = await withStore(root, (store) => judge(store, new Date(progress.from), to));
  steward('down');
  if (!options.keep && options.home === undefined) rmSync(root, { recursive: true, force: true });
  const seconds = Math.round((performance.now() - began) / 1_000);
  const ok =
    rested && verdict.slots > 0 && verdict.missing + verdict.extra + verdict.open + verdict.endedOtherThanOnce === 0;
  return { ok, summary: { scenario: 'schedule', seed: progress.seed, kills: killed, rested, ...verdict, seconds } };
}

/** The instant up to which every trigger has been accounted for, once all have been seen. */
async function untilSeen(root: string): Promise<Date> {
  for (;;) {
    const cursors = await withStore(root, (store) =>
      store.db.select().from(triggerCursors).where(inArray(triggerCursors.trigger, names)),
    ).catch(() => []);
    if (cursors.length === names.length) return new Date(Math.max(...cursors.map((one) => one.accountedTo.getTime())));
    await sleep(200);
  }
}

async function killPart(root: string, part: 'steward' | 'temporal' | 'postgres'): Promise<void> {
  for (;;) {
    // A part that is down already is no kill: wait until it is back.
    const pid = readState(homePlaces(root))?.parts.find((one) => one.name === part)?.pid;
    try {
      if (pid !== undefined) return void process.kill(pid, 'SIGKILL');
    } catch {
      // It ended between the look and the kill.
    }
    await sleep(50);
  }
}

const within = (from: Date, to: Date) =>
  and(inArray(fires.trigger, names), gt(fires.dueAt, from), lte(fires.dueAt, to));

async function untilRest(root: string, from: Date, to: Date): Promise<boolean> {
  const until = performance.now() + restWithinMs;
  while (performance.now() < until) {
    const rested = await withStore(root, async (store) => {
      const cursors = await store.db.select().from(triggerCursors).where(inArray(triggerCursors.trigger, names));
      const open = await store.db
        .select({ id: fires.id })
        .from(fires)
        .where(and(within(from, to), sql`${fires.state} = 'open'`));
      return open.length === 0 && cursors.every((cursor) => cursor.accountedTo >= to);
    }).catch(() => false);
    if (rested) return true;
    await sleep(2_000);
  }
  return false;
}

async function judge(store: Store, from: Date, to: Date) {
  const rows = await store.db.select().from(fires).where(within(from, to));
  const found = new Set(rows.map((row) => `${row.trigger} ${row.dueAt.getTime()}`));
  const expected = new Set<string>();
  for (let second = Math.floor(from.getTime() / 1_000) + 1; second * 1_000 <= to.getTime(); second += 1) {
    for (const name of names) if (schedules[name]!.due(second % 86_400)) expected.add(`${name} ${second * 1_000}`);
  }
  const ended = await store.db
    .select({ id: events.aggregateId, count: sql<number>`count(*)::int` })
    .from(events)
    .where(
      inArray(
        events.type,
        endings.map((ending) => `fire.${ending}`),
      ),
    )
    .groupBy(events.aggregateId);
  const times = new Map(ended.map(({ id, count }) => [id, count]));
  const ran = rows.filter((row) => row.state === 'ran' || row.state === 'ranLate' || row.state === 'cancelled');
  const byEnding: Record<string, number> = {};
  for (const { state } of rows) byEnding[state] = (byEnding[state] ?? 0) + 1;
  return {
    slots: expected.size,
    byEnding,
    missing: [...expected].filter((key) => !found.has(key)).length,
    extra: rows.length - [...found].filter((key) => expected.has(key)).length,
    open: rows.filter((row) => row.state === 'open').length,
    endedOtherThanOnce: ran.filter((row) => times.get(row.id) !== 1).length,
  };
}

async function withStore<T>(root: string, work: (store: Store) => Promise<T>): Promise<T> {
  const home = homePlaces(root);
  const url = postgresUrl({ port: readPorts(home.ports)!.postgres, password: placeCluster(home).password });
  const database = openDatabase(url, { max: 1 });
  try {
    return await work({ db: database.db, keys: keyRing(readRootKeys(home.rootKey)), clock: systemClock });
  } finally {
    await database.close();
  }
}
