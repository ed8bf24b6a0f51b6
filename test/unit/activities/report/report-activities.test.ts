import { eq } from 'drizzle-orm';
import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { makeDigestActivities } from '../../../../activities/digest/digest-activities.ts';
import { makeReportActivities } from '../../../../activities/report/report-activities.ts';
import { accounts } from '../../../../schemas/db/accounts.ts';
import { reports } from '../../../../schemas/db/inbox.ts';
import { incidents } from '../../../../schemas/db/records.ts';
import { readReport } from '../../../../store/digests/read-report.ts';
import { recordChecks } from '../../../../store/health/record-checks.ts';
import { claimEffect, contentBegins } from '../../../../store/outbox/claim-effect.ts';
import { queueEffect } from '../../../../store/outbox/queue-effect.ts';
import { type ContentWorld, contentWorld, openSummariserOf } from '../../../support/content-world.ts';

/*
 * - A fire has one report, whatever is repeated or runs at once.
 * - It tells mail, what ran and did not since the last one, health, and everything that waits for the owner.
 * - What it holds is sealed.
 */

const log = pino({ level: 'silent' });
const zone = () => 'Europe/Berlin';
const reportOf = (world: ContentWorld) =>
  makeReportActivities({ store: world.store, files: { current: () => world.files }, zone, log });

async function digestOf(world: ContentWorld, fireId: string): Promise<string> {
  const openSummariser = openSummariserOf(world);
  const digest = makeDigestActivities({ store: world.store, openSummariser, zone, log });
  const { digestId } = await digest.claim({ fireId, personId: world.personId });
  await digest.summarisePage({ digestId, page: 0 });
  await digest.finish({ digestId });
  return digestId;
}

describe('report activities', () => {
  test('make() tells mail, what ran, what did not, health and what waits', async () => {
    await using world = await contentWorld();
    const { store, personId, clock } = world;
    const at = clock.now();
    await world.fire({ trigger: 'nightly', state: 'ranLate', endedAt: at });
    await world.fire({ trigger: 'backup', state: 'missed', reason: 'the machine was off', endedAt: at });
    await recordChecks(store, [{ check: 'machine.disk', healthy: false, detail: '2 % of the disk is free' }], {
      after: 1,
    });
    await store.db
      .update(accounts)
      .set({ state: 'resting', reason: 'login refused three times' })
      .where(eq(accounts.id, world.account.id));
    const incident = { personId, trigger: 'shop-down', service: 'shop', openedAt: at };
    const sealed = { timelineKey: Buffer.from('k'), timeline: Buffer.from('t') };
    await store.db.insert(incidents).values([
      { id: 'inc_1', fireId: 'fir_1', ...incident, ...sealed },
      { id: 'inc_2', fireId: 'fir_2', ...incident, ...sealed, service: 'blog', state: 'closed' },
    ]);
    world.files = {
      ...world.files,
      faults: [
        { kind: 'trigger', path: 'triggers/a.yaml', line: 3, column: 1, message: 'unknown key', lastGoodInForce: true },
      ],
    };
    const effect = await queueEffect(store, {
      ...{
        personId,
        effectKey: 'e',
        kind: 'notice',
        channel: 'maildir',
        accountId: world.account.id,
        address: 'me@example.org',
      },
      mail: { subject: 's', text: 't' },
    });
    const claim = await claimEffect(store, effect);
    if (claim.claimed) await contentBegins(store, claim.row);
    await claimEffect(store, effect);
    await world.receive([{ subject: 'Contract', text: 'Please sign the contract by Friday.' }]);
    const fireId = await world.fire({ flow: 'morningReport' });
    const digestId = await digestOf(world, fireId);

    const { reportId, subjectFacts } = await reportOf(world).make({ fireId, personId, digestId });
    expect(subjectFacts).toEqual({ missed: 1, waiting: 4 });
    const { report, rendered } = await readReport(store, reportId);
    expect(report.mails).toBe(1);
    expect(report.ran).toEqual([{ trigger: 'nightly', ran: 1, late: 1 }]);
    expect(report.troubles).toMatchObject([{ trigger: 'backup', ending: 'missed', reason: 'the machine was off' }]);
    expect(report.running).toBe(0);
    expect(report.waiting.map((one) => one.kind).sort()).toEqual(['account', 'file', 'incident', 'unknown']);
    expect(report.waiting.find((one) => one.kind === 'incident')).toMatchObject({
      ...{ what: 'shop', why: 'has a fault, and nobody has acknowledged it' },
    });
    for (const words of [
      'Please sign the contract by Friday.',
      'the machine was off',
      '2 % of the disk is free',
      'triggers/a.yaml:3:1',
      'login refused three times',
    ]) {
      expect(rendered.text.replace(/\s+/g, ' ')).toContain(words);
      expect(rendered.html).toContain(words);
    }
    expect(rendered.subject).not.toContain('Contract');
  });

  test('make() gives the same report to a fire that asks again or twice at once', async () => {
    await using world = await contentWorld();
    const fireId = await world.fire({ flow: 'morningReport' });
    const ask = { fireId, personId: world.personId };
    const made = await Promise.all([reportOf(world).make(ask), reportOf(world).make(ask)]);
    world.clock.advance(60_000);
    made.push(await reportOf(world).make(ask));
    expect(new Set(made.map((one) => one.reportId)).size).toBe(1);
    expect(await world.store.db.$count(reports)).toBe(1);
  });

  test('make() begins where the report before ended', async () => {
    await using world = await contentWorld();
    const { personId, clock } = world;
    await world.fire({ trigger: 'early', state: 'ran', endedAt: clock.now() });
    await reportOf(world).make({ fireId: await world.fire(), personId });
    clock.advance(3_600_000);
    await world.fire({ trigger: 'late', state: 'ran', endedAt: clock.now() });
    const second = await reportOf(world).make({ fireId: await world.fire(), personId });
    const { report } = await readReport(world.store, second.reportId);
    expect(report.since).toBe('2026-11-23T08:00:00.000Z');
    expect(report.ran.map((one) => one.trigger)).toEqual(['late']);
  });

  test('make() goes without digest, checks or fires, and leaves empty sections out', async () => {
    await using world = await contentWorld();
    const { reportId } = await reportOf(world).make({ fireId: await world.fire(), personId: world.personId });
    const { rendered } = await readReport(world.store, reportId);
    expect(rendered.text).toContain('No new mail.');
    expect(rendered.text).not.toMatch(/WAITING FOR YOU|DID NOT RUN/);
  });

  test('nothing of a mail lies readable in the row of a report', async () => {
    await using world = await contentWorld();
    await world.receive([{ subject: 'CANARYSUBJECT', text: 'CANARYBODY please answer' }]);
    const fireId = await world.fire({ flow: 'morningReport' });
    await reportOf(world).make({ fireId, personId: world.personId, digestId: await digestOf(world, fireId) });
    const [row] = await world.store.db.select().from(reports);
    expect(
      Object.values(row ?? {})
        .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)))
        .join(' '),
    ).not.toContain('CANARY');
  });
});
