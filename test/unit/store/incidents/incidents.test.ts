/**
 * - One incident a trigger while one is open; the same fire has the same incident, however often it is asked for.
 * - What is over stays as it ended; the first acknowledgement stays, and is audited.
 * - The timeline is sealed, bounded, in order, and says nothing twice.
 */
import { expect, test } from 'vitest';
import { audit, incidents } from '../../../../schemas/db/records.ts';
import { endFire } from '../../../../store/fires/end-fire.ts';
import { openFire } from '../../../../store/fires/open-fire.ts';
import { acknowledgeIncident } from '../../../../store/incidents/acknowledge-incident.ts';
import { keepIncident } from '../../../../store/incidents/keep-incident.ts';
import { openIncident } from '../../../../store/incidents/open-incident.ts';
import { readIncident, readIncidents } from '../../../../store/incidents/read-incidents.ts';
import { type TestStore, testStore } from '../../../support/postgres.ts';

const at = '2026-03-01T06:00:00.000Z';

async function fireOf(
  { store, personId }: TestStore,
  slotKey: string,
  args: Record<string, unknown> = {},
  dueAt = store.clock.now(),
) {
  const { fire } = await openFire(
    store,
    {
      ...{ personId, trigger: 'shop', flow: 'serviceFault', slotKey, kind: 'http', priority: 'normal', deliver: [] },
      ...{ args, dueAt },
    },
    'test',
  );
  return fire.id;
}
const shown = async (opened: TestStore, fireId: string) => (await readIncident(opened.store, { fireId }))!;

test('openIncident() of 20 fires at once makes one incident, which the others join', async () => {
  await using opened = await testStore();
  const ids = await Promise.all(Array.from({ length: 20 }, (_, at) => fireOf(opened, `http-${at}-fault`)));
  const made = await Promise.all(ids.map((fireId) => openIncident(opened.store, { fireId, at })));
  const own = made.filter(({ kind }) => kind === 'own');
  expect(own).toHaveLength(1);
  expect(made.filter(({ kind }) => kind === 'joined')).toHaveLength(19);
  const again = await openIncident(opened.store, { fireId: ids[made.indexOf(own[0]!)]!, at });
  expect(again).toEqual(own[0]);
  expect(await readIncidents(opened.store, { limit: 10 })).toHaveLength(1);
});

test('openIncident() refuses a plan that cannot be used, and opens nothing for an event that says well', async () => {
  await using opened = await testStore();
  const bad = await fireOf(opened, 'a', { fault: { verify: { every: 'soon' } } });
  await expect(openIncident(opened.store, { fireId: bad, at })).rejects.toMatchObject({ code: 'badInput' });
  const nowhere = await fireOf(opened, 'c', { target: { ask: { url: 'nowhere' } } });
  await expect(openIncident(opened.store, { fireId: nowhere, at })).rejects.toMatchObject({ code: 'badInput' });
  const well = await fireOf(opened, 'http-2-well');
  expect(await openIncident(opened.store, { fireId: well, at })).toEqual({ kind: 'well' });
  const mapped = await fireOf(opened, 'b', { recovered: true });
  expect(await openIncident(opened.store, { fireId: mapped, at })).toEqual({ kind: 'well' });
  await expect(openIncident(opened.store, { fireId: 'fir_none', at })).rejects.toMatchObject({ code: 'notFound' });
});

test('openIncident() believes the newest of changes that were collected into one fire', async () => {
  await using opened = await testStore();
  const well = await fireOf(opened, 'http-1-fault', { event: { faulty: false } });
  expect(await openIncident(opened.store, { fireId: well, at })).toEqual({ kind: 'well' });
  const ill = await fireOf(opened, 'http-2-well', { event: { faulty: true } });
  expect(await openIncident(opened.store, { fireId: ill, at })).toMatchObject({ kind: 'own' });
});

test('openIncident() keeps of what a sender says was found one clean line, at the limit and one over', async () => {
  await using opened = await testStore();
  const noted = async (found: string) => {
    const fireId = await fireOf(opened, found, { found });
    const made = await openIncident(opened.store, { fireId, at });
    await keepIncident(opened.store, { fireId, entries: [], now: 'closed' });
    return [made.kind === 'own' && made.found, (await shown(opened, fireId)).timeline[0]?.what];
  };
  expect(await noted('disk full')).toEqual(['disk full', 'fault: disk full']);
  expect(await noted('disk\u202e\nfull: \u0007now')).toEqual(['disk full: now', 'fault: disk full: now']);
  expect(await noted('x'.repeat(200))).toEqual(['x'.repeat(200), `fault: ${'x'.repeat(200)}`]);
  expect(await noted('x'.repeat(201))).toEqual([`${'x'.repeat(199)}…`, `fault: ${'x'.repeat(199)}…`]);
});

test('keepIncident() says nothing twice, and leaves what is over as it ended', async () => {
  await using opened = await testStore();
  const fireId = await fireOf(opened, 'a');
  await openIncident(opened.store, { fireId, at });
  const entries = [{ at: '2026-03-01T06:00:05.000Z', what: 'CANARY well again' }];
  for (let round = 0; round < 2; round += 1) await keepIncident(opened.store, { fireId, entries, now: 'recovered' });
  expect((await shown(opened, fireId)).timeline.map(({ what }) => what)).toEqual(['fault', 'CANARY well again']);
  const down = await keepIncident(opened.store, { fireId, entries: [], now: 'down', flaps: 1 });
  expect(down).toEqual({ acknowledged: false, recovered: false, closed: false });
  expect(await keepIncident(opened.store, { fireId, entries: [], now: 'cancelled' })).toMatchObject({ closed: true });
  await keepIncident(opened.store, { fireId, entries: [], now: 'recovered', flaps: 9 });
  const { row } = await shown(opened, fireId);
  expect([row.state, row.flaps]).toEqual(['cancelled', 1]);
  expect(row.timeline.includes('CANARY')).toBe(false);
});

test('keepIncident() keeps the beginning and the newest of a long timeline, at the limit and one over', async () => {
  await using opened = await testStore();
  const fireId = await fireOf(opened, 'a');
  await openIncident(opened.store, { fireId, at });
  const many = Array.from({ length: 499 }, (_, n) => ({
    at: new Date(Date.parse(at) + n + 1).toISOString(),
    what: `${n}`,
  }));
  await keepIncident(opened.store, { fireId, entries: many });
  expect((await shown(opened, fireId)).timeline).toHaveLength(500);
  await keepIncident(opened.store, { fireId, entries: [{ at: '2026-03-02T00:00:00.000Z', what: 'last' }] });
  const { timeline } = await shown(opened, fireId);
  expect(timeline).toHaveLength(500);
  expect([timeline[0]?.what, timeline.at(-1)?.what, timeline.some(({ what }) => what === '99')]).toEqual([
    ...['fault', 'last', false],
  ]);
});

test('acknowledgeIncident() keeps the first, audits it once, and changes nothing of what is over', async () => {
  await using opened = await testStore();
  const { store } = opened;
  const fireId = await fireOf(opened, 'a');
  await openIncident(store, { fireId, at });
  const { row } = await shown(opened, fireId);
  const first = await acknowledgeIncident(store, { id: row.id });
  const second = await acknowledgeIncident(store, { id: row.id, note: 'still on it' });
  expect(second).toMatchObject({ state: 'acknowledged', acknowledgedAt: first.acknowledgedAt });
  await acknowledgeIncident(store, { id: row.id });
  expect(await store.db.$count(audit)).toBe(1);
  const down = await keepIncident(store, { fireId, entries: [], now: 'down' });
  expect(down.acknowledged).toBe(true);
  expect(await acknowledgeIncident(store, { id: row.id, closed: true })).toMatchObject({ state: 'closed' });
  expect(await acknowledgeIncident(store, { id: row.id, closed: true, note: 'late' })).toMatchObject({
    state: 'closed',
  });
  expect(await store.db.$count(audit)).toBe(2);
  const words = (await shown(opened, fireId)).timeline.map(({ what }) => what);
  expect(words).toContain('note: still on it');
  expect(words).not.toContain('note: late');
  await expect(acknowledgeIncident(store, { id: 'inc_none' })).rejects.toMatchObject({ code: 'notFound' });
});

test('openIncident() lets the newest event say how a service is that nobody looks at, in whatever order runs begin', async () => {
  await using opened = await testStore();
  const { store } = opened;
  const due = (second: number) => new Date(Date.parse(at) + second * 1_000);
  const own = await fireOf(opened, 'a', {}, due(0));
  const older = await fireOf(opened, 'b', {}, due(1));
  const well = await fireOf(opened, 'c', { recovered: true }, due(2));
  const newer = await fireOf(opened, 'd', {}, due(3));
  await openIncident(store, { fireId: own, at });
  const stateAfter = async (fireId: string, joinedAt: string) => {
    await openIncident(store, { fireId, at: joinedAt });
    return (await shown(opened, own)).row.state;
  };
  expect(await stateAfter(well, '2026-03-01T06:01:00.000Z')).toBe('recovered');
  expect(await stateAfter(older, '2026-03-01T06:01:01.000Z')).toBe('recovered');
  expect(await stateAfter(newer, '2026-03-01T06:01:02.000Z')).toBe('open');
  // The try of an activity that was thought lost.
  expect(await stateAfter(well, '2026-03-01T06:01:03.000Z')).toBe('open');
  expect((await shown(opened, own)).timeline).toHaveLength(5);
});

test('keepIncident() closes as well only what no event has said to be down meanwhile', async () => {
  await using opened = await testStore();
  const fireId = await fireOf(opened, 'a');
  await openIncident(opened.store, { fireId, at });
  const close = { fireId, entries: [{ at: '2026-03-01T07:00:00.000Z', what: 'closed' }], now: 'closedIfWell' } as const;
  expect(await keepIncident(opened.store, close)).toEqual({ acknowledged: false, recovered: false, closed: false });
  expect((await shown(opened, fireId)).timeline).toHaveLength(1);
  await keepIncident(opened.store, { fireId, entries: [], now: 'recovered' });
  expect(await keepIncident(opened.store, close)).toMatchObject({ closed: true });
  const { row, timeline } = await shown(opened, fireId);
  expect([row.state, timeline.at(-1)?.what]).toEqual(['closed', 'closed']);
});

test('endFire() closes the incident that its run left open, and a further fire opens another', async () => {
  await using opened = await testStore();
  const fireId = await fireOf(opened, 'a');
  await openIncident(opened.store, { fireId, at });
  await endFire(opened.store, { fireId, ending: 'failed', reason: 'storeBusy' });
  expect((await shown(opened, fireId)).row.state).toBe('closed');
  const next = await fireOf(opened, 'b');
  expect(await openIncident(opened.store, { fireId: next, at })).toMatchObject({ kind: 'own' });
  expect(await opened.store.db.$count(incidents)).toBe(2);
});
