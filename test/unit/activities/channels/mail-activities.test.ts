import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { makeMailActivities } from '../../../../activities/channels/mail-activities.ts';
import type { Channel } from '../../../../schemas/channel-file.ts';
import { cursors } from '../../../../schemas/db/accounts.ts';
import type { FileSet } from '../../../../schemas/file-set.ts';
import { ensureAccount } from '../../../../store/accounts/ensure-account.ts';
import { sampleMail } from '../../../support/mail-samples.ts';
import { channelOf, until } from '../../../support/mail-session.ts';
import { type TestStore, testStore } from '../../../support/postgres.ts';

function activities(at: TestStore, channels: Channel[], arrived: string[]) {
  return makeMailActivities({
    store: at.store,
    files: { current: () => ({ channels: new Map(channels.map((one) => [one.name, one])) }) as unknown as FileSet },
    dispatch: {
      mailArrived: async (_account, ids) => void arrived.push(...ids),
      messagesAccepted: async () => [],
      sendEffect: async () => undefined,
    },
    log: pino({ level: 'silent' }),
    notify: async () => undefined,
  });
}

test('runSession() heartbeats, serves until it is cancelled, and ends as cancelled', async () => {
  await using at = await testStore();
  const path = mkdtempSync(join(tmpdir(), 'steward-maildir-'));
  for (const part of ['new', 'cur', 'tmp']) mkdirSync(join(path, part));
  const channel = channelOf({ kind: 'maildir', addresses: ['me@mail.test'], path, readEvery: '50ms' });
  const account = await ensureAccount(at.store, channel, at.personId);
  const arrived: string[] = [];
  const environment = new MockActivityEnvironment();
  let beats = 0;
  environment.on('heartbeat', () => {
    beats += 1;
  });
  const run = environment.run(activities(at, [channel], arrived).runSession, { accountId: account.id });
  const ended = run.catch((error: unknown) => error);
  await until('the first sight', async () => (await at.store.db.select().from(cursors)).length === 1);
  writeFileSync(join(path, 'new/1.host'), sampleMail());
  await until('the mail', () => arrived.length === 1);
  environment.cancel();
  expect(await ended).toBeInstanceOf(CancelledFailure);
  expect(beats).toBeGreaterThan(0);
  rmSync(path, { recursive: true });
});

test('runSession() ends when the file of its account is gone', async () => {
  await using at = await testStore();
  const channel = channelOf({ kind: 'maildir', addresses: ['me@mail.test'], path: '/nowhere' });
  const account = await ensureAccount(at.store, channel, at.personId);
  const { runSession } = activities(at, [], []);
  expect(await new MockActivityEnvironment().run(runSession, { accountId: account.id })).toEqual({ ended: 'gone' });
  expect(await new MockActivityEnvironment().run(runSession, { accountId: 'acc_none' })).toEqual({ ended: 'gone' });
});
