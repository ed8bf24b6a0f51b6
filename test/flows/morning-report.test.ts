/**
 * - A report tells the mail, what ran and what did not, health and what waits; what is not there is not mentioned.
 * - With no channel at all it is kept and can be read.
 * - A health check tells a change once, on every channel but the one that failed.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { outbox } from '../../schemas/db/outbox.ts';
import { byHand, putMail, startWorld, takenIn, withBox } from '../support/world.ts';

test('morningReport() is made and readable with no account, no model and no calendar', async () => {
  await using world = await startWorld({
    files: { 'triggers/report.yaml': byHand('morningReport'), 'triggers/check.yaml': byHand('healthCheck') },
  });
  await world.fire('check');
  expect(await world.fire('report')).toMatchObject({ outcome: 'reported', facts: { mails: 0, undelivered: 1 } });
  const text = await (await world.ask('/api/v1/reports/latest?format=text')).text();
  expect(text).toContain('No new mail.');
  expect(text).toContain('check: ran 1 time');
  expect(text).not.toMatch(/agenda|calendar/i);
}, 60_000);

test('morningReport() delivers mail, a broken file and what was missed, once', async () => {
  await using world = await startWorld({ files: { 'triggers/report.yaml': byHand('morningReport') } });
  await withBox(world);
  world.write(
    'triggers/broken.yaml',
    'run: emailDigest\nwhen: { schedule: "0 8 * * *", timezon: Mars }\nmissed: { policy: none }\n',
  );
  await world.steward().files.reload();
  for (let at = 0; at < 3; at++) putMail(world, at);
  await takenIn(world, 3);
  const outcomes = await Promise.all([world.fire('report', 'one'), world.fire('report', 'one')]);
  expect(outcomes[0]).toMatchObject({ facts: { mails: 3, delivered: 1, waiting: 1 } });
  const reports = world.maildir('Mail').filter((raw) => raw.includes('Morning report'));
  expect(reports).toHaveLength(1);
  expect(reports[0]).toContain('triggers/broken.yaml:2:');
  for (const at of [0, 1, 2]) expect(reports[0]).toContain(`<note-${at}@out.example>`.slice(1, -1));
}, 60_000);

test('healthCheck() tells a change of a service once in each direction', async () => {
  const answers = { status: 200 };
  const server = createServer((_request, response) => response.writeHead(answers.status).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const service = `services: [{ name: shop, url: "${url}" }]`;
  await using world = await startWorld({
    files: {
      'triggers/check.yaml': byHand('healthCheck'),
      'steward.yaml': `health: { after: 2, diskFreePercent: 0, memoryFreePercent: 0, ${service} }\n`,
    },
  });
  await withBox(world);
  const fireAll = async (count: number) => {
    for (let at = 0; at < count; at++) await world.fire('check');
  };
  await fireAll(2);
  answers.status = 503;
  await fireAll(4);
  answers.status = 200;
  await fireAll(4);
  const subjects = world
    .maildir('Mail')
    .flatMap((raw) => /^Subject: (.*shop.*)$/m.exec(raw)?.[1] ?? [])
    .sort();
  expect(subjects).toEqual(['service:shop has a problem', 'service:shop is well again']);
  expect(await world.steward().store.db.select().from(outbox)).toHaveLength(2);
  server.close();
}, 90_000);
