// - A clock that jumps two days ahead or back leaves each slot exactly one row: none is skipped, none happens twice.
// - The same on a real clock: Steward's own process under libfaketime, while its timers stay true.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { dispatchWorld, unreachableClient } from '../../support/dispatch-world.ts';

const dayMs = 86_400_000;
const hourly = { run: 'noop', when: { every: '1h' }, overlap: 'allow', missed: { policy: 'all', max: 5 } };

/** Looks every ten minutes on a clock that jumps, and says which slots have how many rows. */
async function live(jumps: readonly { readonly afterMs: number; readonly byMs: number }[]) {
  await using world = await dispatchWorld(unreachableClient(), '2026-03-01T06:30:00Z');
  world.use({ t: hourly });
  await world.dispatch.accountSlots('t');
  let furthest = world.clock.now().getTime();
  for (const { afterMs, byMs } of jumps) {
    for (let left = afterMs; left > 0; left -= 600_000) {
      world.clock.advance(600_000);
      await world.dispatch.accountSlots('t');
    }
    furthest = Math.max(furthest, world.clock.now().getTime());
    world.clock.advance(byMs);
    await world.dispatch.accountSlots('t');
    furthest = Math.max(furthest, world.clock.now().getTime());
  }
  const keys = (await world.firesOf('t')).map((fire) => fire.slotKey);
  const expected: string[] = [];
  for (let at = Date.parse('2026-03-01T07:00:00Z'); at <= furthest; at += 3_600_000) {
    expected.push(new Date(at).toISOString().replace('.000Z', 'Z'));
  }
  return { keys, expected };
}

test.each([
  [
    'two days ahead',
    [
      { afterMs: 5 * 3_600_000, byMs: 2 * dayMs },
      { afterMs: 5 * 3_600_000, byMs: 0 },
    ],
  ],
  [
    'two days back',
    [
      { afterMs: 5 * 3_600_000, byMs: -2 * dayMs },
      { afterMs: 3 * dayMs, byMs: 0 },
    ],
  ],
  [
    'two days ahead and back again',
    [
      { afterMs: 5 * 3_600_000, byMs: 2 * dayMs },
      { afterMs: 5 * 3_600_000, byMs: -2 * dayMs },
      { afterMs: 3 * dayMs, byMs: 0 },
    ],
  ],
])('accountSlots() gives each slot one row where the clock jumps %s', async (_, jumps) => {
  const { keys, expected } = await live(jumps);
  expect(keys).toEqual(expected);
});

const faketime = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';
const missing = !existsSync(faketime);
if (missing) console.log('libfaketime is not installed (apt: faketime): the run on a jumping system clock is skipped');

test.skipIf(missing)('a process under libfaketime gives each slot one row while its clock jumps two days', async () => {
  await using world = await dispatchWorld(unreachableClient(), new Date().toISOString());
  const folder = mkdtempSync(join(tmpdir(), 'jumps-'));
  const stamp = join(folder, 'stamp');
  writeFileSync(stamp, '+0');
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../../support/live-on-system-clock.ts', import.meta.url))],
    {
      env: {
        ...process.env,
        ...{ LD_PRELOAD: faketime, FAKETIME_TIMESTAMP_FILE: stamp, FAKETIME_NO_CACHE: '1', DONT_FAKE_MONOTONIC: '1' },
        DATABASE_URL: world.databaseUrl,
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const look = async (): Promise<{ now: number; slots: string[] }> => {
      child.stdin.write('look\n');
      return JSON.parse((await lines.next()).value as string);
    };
    const first = await look();
    let furthest = first.now;
    for (const offset of ['+0', '+2d', '+2d', '+0', '-2d', '+3d']) {
      writeFileSync(stamp, offset);
      furthest = Math.max(furthest, (await look()).now);
    }
    const { slots } = await look();
    const expected: string[] = [];
    for (let at = Math.ceil((first.now + 1) / 3_600_000) * 3_600_000; at <= furthest; at += 3_600_000) {
      expected.push(new Date(at).toISOString().replace('.000Z', 'Z'));
    }
    expect(furthest - first.now).toBeGreaterThan(2.9 * dayMs);
    expect(slots).toEqual(expected);
  } finally {
    child.stdin.end();
    child.kill();
    rmSync(folder, { recursive: true });
  }
});
