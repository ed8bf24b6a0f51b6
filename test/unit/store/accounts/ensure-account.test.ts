import { expect, test } from 'vitest';
import { ensureAccount } from '../../../../store/accounts/ensure-account.ts';
import { recordConnected, recordStrike } from '../../../../store/accounts/record-login.ts';
import { accountRow, channelOf } from '../../../support/mail-session.ts';
import { testStore } from '../../../support/postgres.ts';

const channel = channelOf({ kind: 'maildir', addresses: ['me@mail.test'], path: '/nowhere' });

test('ensureAccount() makes one account of one name, also when called twice at once', async () => {
  await using at = await testStore();
  const [a, b] = await Promise.all([1, 2].map(() => ensureAccount(at.store, channel, at.personId)));
  expect(a?.id).toBe(b?.id);
});

test('recordStrike() lets an account rest at three, and only another text of its file wakes it', async () => {
  await using at = await testStore();
  const { id } = await ensureAccount(at.store, channel, at.personId);
  const states = [];
  for (let tries = 0; tries < 3; tries += 1) states.push((await recordStrike(at.store, id, 'refused')).state);
  expect(states).toEqual(['active', 'active', 'resting']);
  expect(await ensureAccount(at.store, channel, at.personId)).toMatchObject({ state: 'resting', strikes: 3 });
  expect(await ensureAccount(at.store, { ...channel, hash: 'other' }, at.personId)).toMatchObject({
    id,
    state: 'active',
    strikes: 0,
    fileHash: 'other',
  });
});

test('recordConnected() forgets strikes', async () => {
  await using at = await testStore();
  const { id } = await ensureAccount(at.store, channel, at.personId);
  await recordStrike(at.store, id, 'refused');
  await recordConnected(at.store, id);
  expect(await accountRow(at.store, id)).toMatchObject({ strikes: 0, reason: null, state: 'active' });
});
