/**
 * - An urgent fire starts before all that wait on its queue; low work has slots of its own beside a flood of urgent work.
 * - Figures are in bench/measure-priority.ts; here only the order counts.
 */
import { expect, test } from 'vitest';
import { priorityWorld } from '../support/priority-world.ts';

test('an urgent fire behind 200 normal ones ends while nearly all of them wait', async () => {
  await using world = await priorityWorld(4);
  await world.fire('normal', 200);
  await using _workers = await world.work();
  const [fireId] = await world.fire('urgent', 1);
  const { acceptedAt, endedAt } = await world.ended(fireId!);
  const waiting = await world.open('normal');
  // Four had a slot when it came, and four more may have been handed out beside it.
  expect(await world.endedBetween('normal', acceptedAt, endedAt)).toBeLessThanOrEqual(8);
  expect(waiting).toBeGreaterThan(100);
}, 120_000);

test('low fires go on beside more urgent ones than can be done', async () => {
  await using world = await priorityWorld(4);
  await world.fire('low', 100);
  await world.fire('urgent', 300);
  await using _workers = await world.work();
  const from = new Date();
  while ((await world.open('urgent')) > 100) await new Promise((resolve) => setTimeout(resolve, 50));
  const [low, urgent] = [
    await world.endedBetween('low', from, new Date()),
    await world.endedBetween('urgent', from, new Date()),
  ];
  expect(low / (low + urgent)).toBeGreaterThanOrEqual(0.1);
}, 120_000);
