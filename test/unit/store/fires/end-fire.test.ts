// - A fire ends once: the first ending stays, whoever comes second or at the same time.
import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { fires } from '../../../../schemas/db/fires.ts';
import { events } from '../../../../schemas/db/records.ts';
import { endFire } from '../../../../store/fires/end-fire.ts';
import { openFire } from '../../../../store/fires/open-fire.ts';
import { inTransaction } from '../../../../store/store.ts';
import { type TestStore, testStore } from '../../../support/postgres.ts';

async function open({ store, personId }: TestStore, lateMs = 0): Promise<string> {
  const dueAt = new Date(store.clock.now().getTime() - lateMs);
  const { fire } = await inTransaction(store, (inside) =>
    openFire(
      inside,
      {
        ...{ personId, trigger: 't', flow: 'noop', slotKey: randomUUID(), kind: 'schedule', priority: 'normal' },
        ...{ deliver: [], args: {}, dueAt },
      },
      'schedule',
    ),
  );
  return fire.id;
}

test('endFire() by two at once writes one ending and one event', async () => {
  await using opened = await testStore();
  const fireId = await open(opened);
  const both = await Promise.all([
    endFire(opened.store, { fireId, ending: 'ran' }),
    endFire(opened.store, { fireId, ending: 'failed', reason: 'mailBusy' }),
  ]);
  expect(both.filter((one) => one.written)).toHaveLength(1);
  expect(new Set(both.map((one) => one.ending)).size).toBe(1);
  const told = await opened.store.db.select().from(events).where(eq(events.aggregateId, fireId));
  expect(told).toHaveLength(2);
});

test('endFire() leaves the first ending with its reason and outcome', async () => {
  await using opened = await testStore();
  const fireId = await open(opened);
  await endFire(opened.store, { fireId, ending: 'ran', outcome: { outcome: 'delivered', facts: { mails: 3 } } });
  expect(await endFire(opened.store, { fireId, ending: 'cancelled', reason: 'late' })).toMatchObject({
    ending: 'ran',
    written: false,
  });
  const [row] = await opened.store.db.select().from(fires);
  expect(row).toMatchObject({ state: 'ran', reason: null, outcome: { outcome: 'delivered', facts: { mails: 3 } } });
});

test('endFire() calls a late run late at 60 s and one, and a run that skipped itself skipped', async () => {
  await using opened = await testStore();
  const end = async (lateMs: number, skipped?: string) => {
    const fireId = await open(opened, lateMs);
    const outcome = { outcome: 'o', ...(skipped === undefined ? {} : { skipped }) };
    return (await endFire(opened.store, { fireId, ending: 'ran', outcome })).ending;
  };
  expect(await end(50_000)).toBe('ran');
  expect(await end(61_000)).toBe('ranLate');
  expect(await end(61_000, 'nothing to do')).toBe('skipped');
});

test('endFire() knows no fire that is not there', async () => {
  await using opened = await testStore();
  await expect(endFire(opened.store, { fireId: 'fir_none', ending: 'ran' })).rejects.toMatchObject({
    code: 'notFound',
  });
});

test('openFire() holds a lateness that no column could: a machine that was off for a year', async () => {
  await using opened = await testStore();
  const fireId = await open(opened, 366 * 86_400_000);
  const [row] = await opened.store.db.select().from(fires).where(eq(fires.id, fireId));
  expect(row?.lateMs).toBe(2_147_483_647);
});
