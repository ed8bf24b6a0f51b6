// - Each absence since the report before is told with what became of all that was due in it; bounded.
// - Times are of the owner's clock; nothing is said where nobody was away.
import pino from 'pino';
import { expect, test } from 'vitest';
import { makeReportActivities } from '../../../../activities/report/report-activities.ts';
import type { fires } from '../../../../schemas/db/fires.ts';
import { absences } from '../../../../schemas/db/records.ts';
import type { Report } from '../../../../schemas/report.ts';
import { mostAbsences, mostTriggers } from '../../../../store/digests/gather-absences.ts';
import { readReport } from '../../../../store/digests/read-report.ts';
import { notePresence } from '../../../../store/presence/note-presence.ts';
import { type ContentWorld, contentWorld } from '../../../support/content-world.ts';

const hour = 3_600_000;

async function reportOf(world: ContentWorld) {
  const { store, personId } = world;
  const files = { current: () => world.files };
  const log = pino({ level: 'silent' });
  const report = makeReportActivities({ store, files, zone: () => 'Europe/Berlin', log });
  const dueAt = new Date(world.clock.now().getTime() - 1);
  // Its own fire is due within the absence and open.
  const fireId = await world.fire({ trigger: 'report', flow: 'morningReport', dueAt });
  const { reportId } = await report.make({ fireId, personId });
  return await readReport(store, reportId);
}

/** The world's clock shows 08:00 UTC, 09:00 in Berlin; from there on nobody was at work for so long. */
async function away(world: ContentWorld, ms: number, due: Partial<typeof fires.$inferInsert>[]): Promise<void> {
  await notePresence(world.store);
  const from = world.clock.now().getTime();
  world.clock.advance(ms);
  await notePresence(world.store);
  for (const [at, one] of due.entries()) {
    const ended = one.state === 'open' ? {} : { endedAt: world.clock.now() };
    await world.fire({ kind: 'schedule', dueAt: new Date(from + (at + 1) * 60_000), ...ended, ...one });
  }
}

test('a report tells when nobody was at work and what became of what was due, on the clock of the owner', async () => {
  await using world = await contentWorld();
  await world.fire({ trigger: 'before', state: 'ran', endedAt: world.clock.now() });
  await away(world, 3 * hour, [
    { trigger: 'nightly', state: 'ranLate', lateMs: 9_000_000 },
    { trigger: 'backup', state: 'missed', reason: 'noticed 2 h late; policy none' },
    { trigger: 'backup', state: 'missed', reason: 'noticed 2 h late; policy none' },
    { trigger: 'backup', state: 'ranLate', kind: 'backfill' },
    { trigger: 'slow', state: 'open' },
  ]);
  const { report, rendered } = await reportOf(world);
  expect(report.absences).toEqual([
    {
      ...{ from: '2026-11-23T08:00:00.000Z', to: '2026-11-23T11:00:00.000Z', moreTriggers: 0 },
      became: { ranLate: 1, missed: 2, open: 1 },
      triggers: [
        { trigger: 'backup', became: { missed: 2 } },
        { trigger: 'nightly', became: { ranLate: 1 } },
        { trigger: 'slow', became: { open: 1 } },
      ],
    },
  ]);
  const text = rendered.text.replace(/\s+/g, ' ');
  expect(text).toContain('WHILE YOU WERE AWAY');
  const head = 'Off from Mon 23 Nov, 09:00 to Mon 23 Nov, 12:00 (3 h): 1 ran late, 2 missed, 1 under way';
  const named = 'backup: 2 missed; nightly: 1 ran late; slow: 1 under way';
  expect(text).toContain(`* ${head} ${named}`);
  expect(rendered.html).toContain(`<h2>While you were away</h2><ul><li>${head}<br><span class="quiet">${named}</span>`);
});

test('a report has no such section where nobody was away, and tells an absence once', async () => {
  await using world = await contentWorld();
  await notePresence(world.store);
  const quiet = await reportOf(world);
  expect(quiet.report.absences).toEqual([]);
  expect(quiet.rendered.text + quiet.rendered.html).not.toMatch(/while you were away/i);
  await away(world, hour, []);
  const told = await reportOf(world);
  expect(told.rendered.text.replace(/\s+/g, ' ')).toContain('(1 h): nothing was due');
  world.clock.advance(hour / 60);
  expect((await reportOf(world)).report.absences).toEqual([]);
});

test('a report counts the row that stands for many slots as so many, and is bounded in absences and triggers', async () => {
  await using world = await contentWorld();
  for (let time = 0; time < mostAbsences + 2; time += 1) {
    await away(world, hour + 20 * 60_000, []);
  }
  const named = Array.from({ length: mostTriggers }, (_, at) => ({ trigger: `t${at}`, state: 'missed' as const }));
  const older = { outcome: { outcome: 'missed', facts: { slots: 2_000 } }, state: 'missed' as const };
  const flowsOwn = { outcome: { outcome: 'done', facts: { slots: 'many' } }, state: 'ran' as const };
  await away(world, 10.5 * hour, [...named, { ...older, trigger: 'minutely' }, { ...flowsOwn, trigger: 'own' }]);
  const { report, rendered } = await reportOf(world);
  expect(report.absences).toHaveLength(mostAbsences);
  expect(report.moreAbsences).toBe(3);
  const last = (report as Required<Report>).absences.at(-1)!;
  expect(last.triggers.map(({ trigger }) => trigger)).toEqual([
    ...['minutely', 'own', 't0', 't1', 't2', 't3', 't4', 't5'],
  ]);
  expect(last.moreTriggers).toBe(2);
  const text = rendered.text.replace(/\s+/g, ' ');
  expect(text).toContain('3 earlier absences not listed');
  expect(text).toContain('(1 h 20 min): nothing was due');
  expect(text).toContain(`(10 h 30 min): 1 ran, ${(2_000 + mostTriggers).toLocaleString('en')} missed`);
  expect(text).toContain('and 2 other triggers');
  expect(await world.store.db.$count(absences)).toBe(mostAbsences + 3);
});
