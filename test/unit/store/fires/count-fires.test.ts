// - What is counted bit by bit is what a count of everything gives, whatever ends when and whoever asks at once.
// - Counts only grow, also where the clock jumps.
// - Neither the counts nor the newest fire of each trigger read a whole ledger of 100,000 rows.
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { latenessLines } from '../../../../api/lateness-lines.ts';
import { fixedClock } from '../../../../schemas/clock.ts';
import { fires } from '../../../../schemas/db/fires.ts';
import { endings } from '../../../../schemas/endings.ts';
import { fireKinds } from '../../../../schemas/fire-kinds.ts';
import { newId } from '../../../../schemas/ids.ts';
import { type FireCounts, latenessBoundsS, makeFireCounts } from '../../../../store/fires/count-fires.ts';
import { newestFires, newestQuery } from '../../../../store/fires/newest-fires.ts';
import { openDatabase } from '../../../../store/open-database.ts';
import type { Store } from '../../../../store/store.ts';
import { testStore } from '../../../support/postgres.ts';

const start = '2026-03-01T06:00:00Z';

async function add(store: Store, personId: string, of: Partial<typeof fires.$inferInsert> = {}): Promise<string> {
  const id = newId('fire', store.clock);
  const at = store.clock.now();
  await store.db.insert(fires).values({
    ...{ id, personId, trigger: 'one', flow: 'noop', slotKey: id, kind: 'schedule', priority: 'normal' },
    ...{ workflowId: id, deliver: [], dueAt: at, acceptedAt: at, ...of },
  });
  return id;
}

const brief = ({ open, ended }: FireCounts) => ({
  open,
  ended: ended.map(({ ending, kind, bucket, count, lateMs }) => [ending, kind, bucket, count, lateMs].join(' ')).sort(),
});

test('makeFireCounts() agrees with a count of everything after any course of events', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constantFrom(...fireKinds), late: fc.constantFrom(null, 60_001, 300_000, 90_000_000) }),
    fc.record({ ends: fc.nat(20), as: fc.constantFrom(...endings) }),
    fc.record({ passes: fc.constantFrom(1_000, 300_000, 600_001, 90_000_000) }),
    fc.record({ back: fc.constant(172_800_000) }),
  );
  await using world = await testStore({ clock: fixedClock(start) });
  const { personId } = world;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const clock = fixedClock(start);
      const store = { ...world.store, clock };
      await store.db.delete(fires);
      const counts = makeFireCounts(store);
      const open: string[] = [];
      for (const one of steps) {
        if ('kind' in one) open.push(await add(store, personId, { kind: one.kind, lateMs: one.late }));
        else if ('passes' in one) clock.advance(one.passes);
        else if ('back' in one) clock.advance(-one.back);
        else {
          const [id] = open.splice(one.ends % Math.max(1, open.length), 1);
          if (id !== undefined) await store.db.execute(sql`update fires set state = ${one.as} where id = ${id}`);
        }
        expect(brief(await counts())).toEqual(brief(await makeFireCounts(store)()));
      }
    }),
    { numRuns: 15 },
  );
}, 60_000);

test('makeFireCounts() answers ten at once alike, and its counts never shrink', async () => {
  const clock = fixedClock(start);
  await using world = await testStore({ clock });
  const counts = makeFireCounts(world.store);
  let before = 0;
  for (let turn = 0; turn < 8; turn += 1) {
    await add(world.store, world.personId, { state: 'ran' });
    clock.advance(turn === 4 ? -172_800_000 : 400_000);
    const all = await Promise.all(Array.from({ length: 10 }, counts));
    expect(new Set(all.map((one) => JSON.stringify(brief(one)))).size).toBe(1);
    const total = all[0]!.ended.reduce((sum, one) => sum + one.count, 0);
    expect(total).toBe(before + 1);
    before = total;
  }
});

test('latenessLines() puts a fire on a bound into its bucket, one beyond into the next, and leaves out what had no run', async () => {
  await using world = await testStore({ clock: fixedClock(start) });
  const { store, personId } = world;
  for (const lateMs of [null, 60_000, 300_000, 300_001, 86_400_000, 86_400_001]) {
    await add(store, personId, { state: 'ranLate', lateMs });
  }
  await add(store, personId, { state: 'missed', lateMs: 400_000 });
  await add(store, personId, { state: 'ranLate', lateMs: 400_000, kind: 'backfill' });
  const lines = latenessLines((await makeFireCounts(store)()).ended).split('\n');
  const shown = lines.filter((line) => !line.startsWith('#') && line !== '').map((line) => line.split(' ')[1]);
  expect(shown).toEqual(['2', '3', '4', '4', '4', '5', '6', '173460.002', '6']);
  expect(lines).toContain(`steward_trigger_lateness_seconds_bucket{le="${latenessBoundsS[0]}"} 2`);
});

test('newestFires() and makeFireCounts() read no whole ledger of 100,000 rows', async () => {
  const clock = fixedClock('2026-03-01T06:00:00Z');
  await using world = await testStore({ clock });
  const { personId } = world;
  // One connection: what it has read is known as soon as it says so.
  const single = openDatabase(world.url, { max: 1 });
  await using _closed = { [Symbol.asyncDispose]: () => single.close() };
  const store = { ...world.store, db: single.db };
  await store.db.execute(sql`insert into fires
    (id, person_id, trigger, flow, slot_key, kind, priority, workflow_id, state, deliver, due_at, accepted_at)
    select 'fir_00' || lpad(n::text, 24, '0'), ${personId}, 't' || n % 50, 'noop', n, 'schedule', 'normal', n,
      case when n % 10000 = 0 then 'open' else 'ran' end, '[]', at, at
    from (select n, timestamptz '2025-01-01' + n * interval '1 minute' as at from generate_series(1, 100000) n) rows`);
  await store.db.execute(sql`vacuum analyze fires`);
  const names = Array.from({ length: 60 }, (_, at) => `t${at}`);
  const plan = await store.db.execute(sql`explain (analyze, buffers off, timing off) ${newestQuery(names)}`);
  const words = plan.rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(words).toContain('fires_trigger');
  expect(words).not.toContain('Seq Scan on fires');
  const newest = await newestFires(store, names);
  expect(newest.size).toBe(50);
  expect(newest.get('t0')).toMatchObject({ id: 'fir_00000000000000000000100000', state: 'open' });

  const counts = makeFireCounts(store);
  expect((await counts()).ended).toMatchObject([{ count: 99_990 }]);
  await add(store, personId, { state: 'ran' });
  const rowsRead = async () => {
    await store.db.execute(sql`select pg_stat_force_next_flush()`);
    const { rows } = await store.db.execute<{ rows: string }>(
      sql`select seq_tup_read + coalesce(idx_tup_fetch, 0) as rows from pg_stat_user_tables where relname = 'fires'`,
    );
    return Number(rows[0]!.rows);
  };
  const cost = async (work: () => Promise<unknown>) => {
    const before = await rowsRead();
    await work();
    return (await rowsRead()) - before;
  };
  await counts();
  expect(await cost(counts)).toBeLessThan(100);
  expect(await cost(makeFireCounts(store))).toBeGreaterThan(99_000);
  expect((await counts()).ended).toMatchObject([{ count: 99_991 }]);
}, 60_000);
