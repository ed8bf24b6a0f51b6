/** - A change is followed until it succeeds; changes meanwhile are one more; nothing runs side by side. */
import { expect, test } from 'vitest';
import { followChanges } from '../../../workers/follow-changes.ts';

const log = { error: () => undefined };

test('followChanges() follows one at a time, and what changed meanwhile once more', async () => {
  let running = 0;
  let most = 0;
  let times = 0;
  const release: (() => void)[] = [];
  const following = followChanges(async () => {
    running += 1;
    times += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => release.push(resolve));
    running -= 1;
  }, log);
  following.changed();
  following.changed();
  following.changed();
  await expect.poll(() => release.length).toBe(1);
  release[0]!();
  await expect.poll(() => release.length).toBe(2);
  release[1]!();
  await following.stop();
  expect({ most, times }).toEqual({ most: 1, times: 2 });
});

test('followChanges() tries a failed change again without another change', async () => {
  let tries = 0;
  const following = followChanges(
    async () => {
      tries += 1;
      if (tries < 3) throw new Error('Temporal is away');
    },
    log,
    5,
  );
  following.changed();
  await expect.poll(() => tries).toBe(3);
  await following.stop();
  following.changed();
  expect(tries).toBe(3);
});

test('followChanges() stops at once while it waits for the next try', async () => {
  const following = followChanges(() => Promise.reject(new Error('away')), log, 3_600_000);
  following.changed();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await following.stop();
});
