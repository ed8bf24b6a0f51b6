// - 50 schedules of every form, 30 simulated days, 200 random outages of 1 s to 26 h, clocks that change both ways: each
//   slot has exactly one row with the one right ending; none is missing, none is too many, no run is started twice.
// - What is right comes from a second set of eyes: slots by walking over every minute with `Intl`, by conditions written
//   by hand, and endings by an arithmetic of its own. Neither loads slots.ts or plan-slots.ts.
// - Ledger and dispatcher are real, the clock is injected; runs are kept in memory and end through the real endFire
//   (`npm run chaos -- --scenario schedule` is the same question on real servers with SIGKILLs).
// - STEWARD_ORACLE_SEED runs another campaign.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fires } from '../../schemas/db/fires.ts';
import { slotKeys } from '../../schemas/ids.ts';
import { openDatabase } from '../../store/open-database.ts';
import { seeded } from '../chaos/kill-plan.ts';
import { type TestStore, testStore } from '../support/postgres.ts';
import { type Outage, outagesOf, type Scheduled, schedulesOf, windowMs, windows } from './campaign.ts';
import { expectEndings } from './expect-endings.ts';
import { runSchedule } from './run-schedule.ts';
import { slotsByWalking } from './walk-clock.ts';

const seed = Number(process.env.STEWARD_ORACLE_SEED ?? 4);
/** Schedules that live at the same time; each has a clock of its own. */
const atOnce = 8;

let opened: TestStore;
beforeAll(async () => {
  opened = await testStore();
});
afterAll(() => opened[Symbol.asyncDispose]());

test.each(windows)(
  'accountSlots() gives each slot its one right ending, $name',
  { timeout: 600_000 },
  async (window) => {
    const outages = outagesOf(seed, window.from);
    const schedules = schedulesOf(window).map((one) => ({ ...one, name: `${one.name}-${window.from}` }));
    const database = openDatabase(opened.url, { max: atOnce });
    const given = { db: database.db, keys: opened.store.keys, personId: opened.personId };
    const expected = new Map<string, string>();
    const counts: Record<string, number> = {};
    let twice = 0;
    const left = schedules.map((schedule, at) => ({ schedule, random: seeded(seed * 1_000 + at) }));
    const live = async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const { schedule, random } = next;
        const slots = dueSlots(schedule, window.from);
        const looks = looksOf(slots, window.from, outages, random);
        for (const [slot, ending] of expectEndings(schedule, slots, looks, outages)) {
          expected.set(`${schedule.name} ${slotKeys.schedule(new Date(slot))}`, ending);
          counts[ending] = (counts[ending] ?? 0) + 1;
        }
        twice += await runSchedule(given, schedule, looks, outages);
      }
    };
    try {
      await Promise.all(Array.from({ length: atOnce }, live));
    } finally {
      await database.close();
    }
    const rows = (await opened.store.db.select().from(fires)).filter((row) => row.trigger.endsWith(`-${window.from}`));
    const found = new Map(rows.map((row) => [`${row.trigger} ${row.slotKey}`, row.state as string]));
    const missing = [...expected].filter(([key]) => !found.has(key));
    const extra = [...found].filter(([key]) => !expected.has(key));
    const wrong = [...expected].filter(([key, ending]) => found.has(key) && found.get(key) !== ending);
    console.log(
      `oracle, seed ${seed}, ${schedules.length} schedules, ${outages.length} outages: ${expected.size} slots, ${JSON.stringify(counts)}; ` +
        `${missing.length} missing, ${extra.length} extra, ${wrong.length} wrong, ${twice} started twice`,
    );
    expect({ missing: missing.slice(0, 5), extra: extra.slice(0, 5) }).toEqual({ missing: [], extra: [] });
    expect(wrong.slice(0, 5).map(([key, ending]) => ({ key, ending, found: found.get(key) }))).toEqual([]);
    expect(rows).toHaveLength(expected.size);
    expect(twice).toBe(0);
    expect(Object.keys(counts).sort()).toEqual(['cancelled', 'missed', 'ran', 'ranLate', 'skipped']);
  },
);

function dueSlots(schedule: Scheduled, from: number): number[] {
  const slots = slotsByWalking(schedule.due, schedule.zone, from, from + windowMs);
  const counted = schedule.count === undefined ? slots : slots.slice(0, schedule.count);
  return counted.filter((slot) => schedule.until === undefined || slot <= schedule.until);
}

/** Wakes shortly after each slot while the machine is on, each start after an outage, and the sweeper now and then. */
function looksOf(slots: readonly number[], from: number, outages: readonly Outage[], random: () => number): number[] {
  const up = (at: number) => !outages.some((one) => at >= one.from && at < one.to);
  const wakes = slots.map((slot) => slot + Math.floor(random() ** 3 * 3_000));
  const sweeps = Array.from({ length: 20 }, () => from + Math.floor((random() * windowMs) / 60_000) * 60_000);
  const starts = outages.map((one) => one.to);
  const end = from + windowMs;
  const all = [...wakes.filter(up), ...sweeps.filter(up), ...starts].filter((at) => at > from && at < end);
  return [from, ...new Set(all.sort((a, b) => a - b)), end];
}
