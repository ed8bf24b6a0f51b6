/**
 * - Somebody unknown gets one code an hour; a crowd of them gets no crowd of messages.
 * - Only a code that holds lets in, only the address that it was given to, and who did it is audited.
 */
import { expect, test } from 'vitest';
import { fixedClock } from '../../../../schemas/clock.ts';
import { outbox } from '../../../../schemas/db/outbox.ts';
import { audit } from '../../../../schemas/db/records.ts';
import { openChat } from '../../../../store/outbox/claim-effect.ts';
import { isPaired } from '../../../../store/people/known-address.ts';
import { offerPairing } from '../../../../store/people/offer-pairing.ts';
import { pairAddress } from '../../../../store/people/pair-address.ts';
import { type TestStore, testStore } from '../../../support/postgres.ts';

const clock = () => fixedClock('2026-03-01T08:00:00Z');
const strangerOf = ({ personId }: TestStore, from: string) => ({
  ...{ personId, accountId: 'acc_1', channel: 'xmpp', from, address: from },
});

async function codeFor(opened: TestStore, from: string): Promise<string | undefined> {
  const id = await offerPairing(opened.store, strangerOf(opened, from));
  if (id === undefined) return undefined;
  const row = (await opened.store.db.select().from(outbox)).find((one) => one.id === id);
  const { text, address } = openChat(opened.store, row!);
  expect(address).toBe(from);
  return /[2-9A-Z]{4}-[2-9A-Z]{4}$/.exec(text)![0];
}

test('offerPairing() gives an address one code an hour, whatever its case', async () => {
  const time = clock();
  await using opened = await testStore({ clock: time });
  const first = await codeFor(opened, 'bob@x.example');
  expect(first).toBeDefined();
  expect(await codeFor(opened, 'Bob@X.example')).toBeUndefined();
  time.advance(3_600_001);
  const second = await codeFor(opened, 'bob@x.example');
  expect(second).toBeDefined();
  expect(second).not.toBe(first);
});

test('offerPairing() gives out 20 codes an account and hour, and no more', async () => {
  await using opened = await testStore({ clock: clock() });
  const codes: (string | undefined)[] = [];
  for (let at = 0; at < 21; at += 1) codes.push(await codeFor(opened, `bob${at}@x.example`));
  expect(codes.filter((code) => code !== undefined)).toHaveLength(20);
  expect(codes.at(-1)).toBeUndefined();
});

test('pairAddress() lets in the address of the code as often as it is said, and audits it once', async () => {
  await using opened = await testStore({ clock: clock() });
  const { store, personId } = opened;
  const code = (await codeFor(opened, 'bob@x.example'))!;
  await codeFor(opened, 'eve@x.example');
  const typed = ` ${code.toLowerCase().replace('-', ' ')} `;
  for (const _ of [1, 2]) {
    const paired = await pairAddress(store, { personId, code: typed, by: 'owner' });
    expect(paired).toEqual({ channel: 'xmpp', address: 'bob@x.example' });
  }
  const knows = (address: string, channel = 'xmpp') => isPaired(store, { personId, channel, address });
  expect(await knows('BOB@x.example')).toBe(true);
  expect(await Promise.all([knows('eve@x.example'), knows('bob@x.example', 'matrix')])).toEqual([false, false]);
  expect((await store.db.select().from(audit)).map(({ action, actor }) => [action, actor])).toEqual([
    ['endpoint.pair', 'owner'],
  ]);
});

test('pairAddress() refuses a code that nobody was given, and one whose hour is over', async () => {
  const time = clock();
  await using opened = await testStore({ clock: time });
  const { store, personId } = opened;
  const code = (await codeFor(opened, 'bob@x.example'))!;
  await expect(pairAddress(store, { personId, code: 'AAAA-AAAA', by: 'owner' })).rejects.toMatchObject({
    code: 'notFound',
  });
  time.advance(3_600_000);
  await expect(pairAddress(store, { personId, code, by: 'owner' })).rejects.toMatchObject({ code: 'notFound' });
  expect(await isPaired(store, { personId, channel: 'xmpp', address: 'bob@x.example' })).toBe(false);
});
