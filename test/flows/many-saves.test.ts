// - Hundreds of files that are put in at once are in force and have their Schedules; one changed file changes one of them.
import { expect, test } from 'vitest';
import { eventually, startWorld, type World } from '../support/world.ts';

const count = 500;
const text = (at: number, hour = 3) =>
  `run: noop\nwhen: { schedule: "${at % 60} ${hour} * * *", timezone: UTC }\nmissed: { policy: none }\n`;

async function notesOf(world: World): Promise<Map<string, string>> {
  const notes = new Map<string, string>();
  for await (const { scheduleId, state } of world.steward().client.schedule.list()) {
    if (scheduleId.startsWith('trigger:many')) notes.set(scheduleId, state.note ?? '');
  }
  return notes;
}

test('startSteward() follows five hundred saves at once, and of one more save touches one Schedule', async () => {
  await using world = await startWorld();
  for (let at = 0; at < count; at += 1) world.write(`triggers/many${at}.yaml`, text(at));
  await eventually(() => world.steward().files.current().triggers.size >= count || undefined);
  const before = await eventually(async () => {
    const notes = await notesOf(world);
    return notes.size === count ? notes : undefined;
  }, 120_000);
  world.write('triggers/many7.yaml', text(7, 4));
  const after = await eventually(async () => {
    const notes = await notesOf(world);
    return notes.get('trigger:many7') !== before.get('trigger:many7') ? notes : undefined;
  }, 120_000);
  expect([...after].filter(([id, note]) => before.get(id) !== note).map(([id]) => id)).toEqual(['trigger:many7']);
  for (let at = 0; at < count; at += 1) world.write(`triggers/many${at}.yaml`, 'run: [');
  await eventually(() => world.steward().files.current().faults.length === count || undefined);
  expect(await notesOf(world)).toEqual(after);
  expect(world.steward().files.current().triggers.size).toBe(count);
}, 240_000);
