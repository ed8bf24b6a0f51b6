/**
 * How many habits are found that were planted, and how many that were not: `npm run bench:habits [-- --lives 100] [--seed 1]
 * [--json]`. A habit counts as found with its name, its kind and its time within 20 minutes; every other one as false.
 */
import { parseArgs } from 'node:util';
import { apart } from '../activities/memory/habits/active-hours.ts';
import { findHabits } from '../activities/memory/habits/find-habits.ts';
import { type HabitKind, habitKinds } from '../schemas/habits.ts';
import { seeded } from '../test/chaos/kill-plan.ts';
import { plantLife } from './plant-habits.ts';

const { values } = parseArgs({
  options: {
    lives: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const offMost = 20;
const byKind = Object.fromEntries(habitKinds.map((kind) => [kind, { planted: 0, found: 0 }])) as Record<
  HabitKind,
  { planted: number; found: number }
>;
const wrong = new Map<string, number>();
let [planted, found, shown, happenings] = [0, 0, 0, 0];
const began = performance.now();
for (let life = 0; life < Number(values.lives); life += 1) {
  const { habits, happenings: done, now, zone } = plantLife(seeded(Number(values.seed) * 1_000_003 + life));
  happenings += done.length;
  const seen = findHabits(done, now, zone);
  const right = habits.filter(({ name, kind, minute }) =>
    seen.some(
      (one) =>
        one.name === name && one.kind === kind && apart(one.minute, minute, kind === 'hourly' ? 60 : 1_440) <= offMost,
    ),
  );
  planted += habits.length;
  found += right.length;
  shown += seen.length;
  for (const { kind } of habits) byKind[kind].planted += 1;
  for (const { kind } of right) byKind[kind].found += 1;
  for (const { name, kind } of seen.filter((one) => !right.some((other) => other.name === one.name))) {
    const what = `${name.replace(/\d+/g, '')} as ${kind}`;
    wrong.set(what, (wrong.get(what) ?? 0) + 1);
  }
}
const part = (some: number, all: number) => Math.round((some / Math.max(1, all)) * 1_000) / 1_000;
const figures = {
  ...{ lives: Number(values.lives), seed: Number(values.seed), happenings, planted, shown },
  ...{ found: part(found, planted), false: part(shown - found, shown) },
  byKind: Object.fromEntries(Object.entries(byKind).map(([kind, one]) => [kind, part(one.found, one.planted)])),
  wrong: Object.fromEntries(wrong),
  msPerLife: Math.round((performance.now() - began) / Number(values.lives)),
};
if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
else console.log(figures);
