/** However many try again at once, they go one after another, in their order; whoever gives up waits no longer. */
import { expect, test } from 'vitest';
import { retryGate } from '../../../../activities/channels/retry-gate.ts';

const { signal } = new AbortController();

test('pass() lets one through at a time, in the order in which they came', async () => {
  const gate = retryGate(50);
  const went: { who: number; at: number }[] = [];
  await Promise.all(
    Array.from({ length: 6 }, async (_, who) => {
      await gate.pass(signal);
      went.push({ who, at: performance.now() });
    }),
  );
  expect(went.map(({ who }) => who)).toEqual([0, 1, 2, 3, 4, 5]);
  // A timer may come a millisecond early by another clock.
  for (const [nth, { at }] of went.entries()) if (nth > 0) expect(at - went[nth - 1]!.at).toBeGreaterThan(40);
});

test('pass() lets whoever comes alone through at once, and whoever gives up', async () => {
  const gate = retryGate(60_000);
  await gate.pass(signal);
  const ends = new AbortController();
  const waiting = gate.pass(ends.signal);
  ends.abort();
  await waiting;
});
