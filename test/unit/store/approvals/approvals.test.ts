/**
 * - One approval a key and content, however often it is asked; another content takes its place, also at once.
 * - The first word stays, under exactly the content that was seen; after its time there is no yes.
 * - The text may be changed only where it was asked so; all of it is sealed at rest.
 */
import { expect, test } from 'vitest';
import { fixedClock } from '../../../../schemas/clock.ts';
import { approvals, audit } from '../../../../schemas/db/records.ts';
import { askApproval, openApproval } from '../../../../store/approvals/ask-approval.ts';
import { decideApproval, expireApproval } from '../../../../store/approvals/decide-approval.ts';
import { approvedText, findApproval } from '../../../../store/approvals/read-approvals.ts';
import { type TestStore, testStore } from '../../../support/postgres.ts';

const start = '2026-03-01T08:00:00Z';
const ask = ({ store, personId }: TestStore, text = 'canary', more: { key?: string; editable?: boolean } = {}) =>
  askApproval(store, {
    ...{
      personId,
      effectKey: more.key ?? 'fir_1:letter',
      workflowId: 'w',
      expiresAt: new Date('2026-03-01T09:00:00Z'),
    },
    content: { subject: 'Send canary', text, editable: more.editable ?? false },
  });
const states = async ({ store }: TestStore) =>
  (await store.db.select().from(approvals).orderBy(approvals.id)).map(({ state }) => state);

test('askApproval() of the same content by twenty at once is one approval, and of several contents the last one waits', async () => {
  await using opened = await testStore({ clock: fixedClock(start) });
  const same = await Promise.all(Array.from({ length: 20 }, () => ask(opened)));
  expect(new Set(same.map(({ id }) => id)).size).toBe(1);
  await Promise.all(['a', 'b', 'c', 'd'].map((text) => ask(opened, text)));
  expect((await states(opened)).filter((state) => state === 'waiting')).toHaveLength(1);
  expect((await states(opened)).filter((state) => state === 'replaced')).toHaveLength(4);
  await ask(opened, 'canary', { key: 'fir_2:letter' });
  expect((await states(opened)).filter((state) => state === 'waiting')).toHaveLength(2);
});

test('askApproval() that goes back to an earlier content asks for it anew', async () => {
  await using opened = await testStore({ clock: fixedClock(start) });
  const first = await ask(opened, 'a');
  await ask(opened, 'b');
  const again = await ask(opened, 'a');
  expect(again).toMatchObject({ state: 'waiting', contentHash: first.contentHash });
  expect(again.id).not.toBe(first.id);
  expect((await ask(opened, 'a')).id).toBe(again.id);
  expect(await states(opened)).toEqual(['replaced', 'replaced', 'waiting']);
});

test('decideApproval() of many at once lets the first word stay, and audits that one', async () => {
  await using opened = await testStore({ clock: fixedClock(start) });
  const { store, personId } = opened;
  const { id } = await ask(opened);
  const words = Array.from({ length: 10 }, (_, at) => (at % 2 === 0 ? ('approved' as const) : ('denied' as const)));
  const all = await Promise.all(words.map((word) => decideApproval(store, { personId, id, word, by: 'test' })));
  const [first] = all.filter(({ decided }) => decided);
  expect(all.filter(({ decided }) => decided)).toHaveLength(1);
  expect(new Set(all.map(({ row }) => row.state))).toEqual(new Set([first!.row.state]));
  expect((await store.db.select().from(audit)).map(({ action }) => action)).toEqual([`approval.${first!.row.state}`]);
});

test('decideApproval() refuses a word on another content, by another person, and after its time', async () => {
  const clock = fixedClock(start);
  await using opened = await testStore({ clock });
  const { store, personId } = opened;
  const { id, contentHash } = await ask(opened);
  const yes = { personId, id, word: 'approved' as const, by: 'test' };
  await expect(decideApproval(store, { ...yes, contentHash: 'ab' })).rejects.toMatchObject({
    code: 'changedMeanwhile',
  });
  await expect(decideApproval(store, { ...yes, personId: 'per_2' })).rejects.toMatchObject({ code: 'notFound' });
  clock.set('2026-03-01T09:00:00Z');
  expect(await decideApproval(store, { ...yes, contentHash })).toMatchObject({
    decided: false,
    row: { state: 'expired' },
  });
  expect(await states(opened)).toEqual(['expired']);
});

test('expireApproval() ends what nobody answered, at its time and not before', async () => {
  const clock = fixedClock(start);
  await using opened = await testStore({ clock });
  const { id } = await ask(opened);
  clock.set('2026-03-01T08:59:59.999Z');
  expect((await expireApproval(opened.store, opened.personId, id)).state).toBe('waiting');
  clock.set('2026-03-01T09:00:00Z');
  expect((await expireApproval(opened.store, opened.personId, id)).state).toBe('expired');
});

test('the text is what was approved: changed where that was allowed, refused elsewhere, and sealed', async () => {
  await using opened = await testStore({ clock: fixedClock(start) });
  const { store, personId } = opened;
  const fixed = await ask(opened);
  const editable = await ask(opened, 'canary', { key: 'fir_2:letter', editable: true });
  const word = { personId, word: 'approved' as const, by: 'test', text: 'canary changed' };
  await expect(decideApproval(store, { ...word, id: fixed.id })).rejects.toMatchObject({ code: 'badInput' });
  expect(await states(opened)).toEqual(['waiting', 'waiting']);
  const { row } = await decideApproval(store, { ...word, id: editable.id });
  expect([approvedText(store, row), openApproval(store, row).text]).toEqual(['canary changed', 'canary']);
  const { rows } = await store.db.execute('select * from approvals');
  for (const value of rows.flatMap((one) => Object.values(one))) {
    expect(Buffer.isBuffer(value) ? value.toString('latin1') : String(value)).not.toContain('canary');
  }
});

test('findApproval() knows one by its code or its id, in any case, and says where several have it', async () => {
  await using opened = await testStore({ clock: fixedClock(start) });
  const { store, personId } = opened;
  const { id } = await ask(opened);
  for (const named of [id, id.slice(-6), id.slice(-6).toLowerCase(), ` ${id.toLowerCase()} `]) {
    expect((await findApproval(store, personId, named)).id).toBe(id);
  }
  await expect(findApproval(store, personId, 'ZZZZZZ')).rejects.toMatchObject({ code: 'notFound' });
  await expect(findApproval(store, personId, 'short')).rejects.toMatchObject({ code: 'badInput' });
  await expect(findApproval(store, 'per_2', id)).rejects.toMatchObject({ code: 'notFound' });
});
