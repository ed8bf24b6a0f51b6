// - A burst of mail is one fire; mail that comes before its digest claims anything goes along with it.
// - Mail that nobody announced is announced by the sweeper, once, and again after a failed digest.
// - Effects whose fire is closed get a run of their own.
import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accounts } from '../../../schemas/db/accounts.ts';
import { deliveries } from '../../../schemas/db/fires.ts';
import { digests, inbox } from '../../../schemas/db/inbox.ts';
import { outbox } from '../../../schemas/db/outbox.ts';
import { newId } from '../../../schemas/ids.ts';
import { endFire } from '../../../store/fires/end-fire.ts';
import { makeDispatch } from '../../../triggers/dispatch.ts';
import { type DispatchWorld, dispatchWorld, unreachableClient } from '../../support/dispatch-world.ts';
import { ownNamespace } from '../../support/own-namespace.ts';
import { type TestTemporal, temporal } from '../../support/temporal.ts';

let server: TestTemporal;
let own: Awaited<ReturnType<typeof ownNamespace>>;
beforeAll(async () => {
  server = await temporal();
  own = await ownNamespace(server);
});
afterAll(() => server[Symbol.asyncDispose]());

const unique = () => `t${randomUUID().slice(0, 8)}`;
const start = '2026-03-01T06:00:00Z';
const onMail = (account?: string) => ({
  run: 'emailDigest',
  when: { mail: account === undefined ? {} : { account }, settle: '1h' },
});

async function addAccount(world: DispatchWorld, name: string) {
  const accountId = newId('account', world.clock);
  await world.store.db.insert(accounts).values({
    ...{ id: accountId, personId: world.personId, name, channel: 'mail', fileHash: 'x', updatedAt: world.clock.now() },
  });
  return { accountId, name };
}

async function addMail(world: DispatchWorld, accountId: string): Promise<string> {
  const id = newId('inbox', world.clock);
  const at = world.clock.now();
  await world.store.db.insert(inbox).values({
    ...{ id, personId: world.personId, accountId, channel: 'mail', dedupeHmac: id, mailbox: 'INBOX', uidValidity: '1' },
    ...{ seen: false, sizeBytes: 1, wrappedKey: Buffer.from('k'), content: Buffer.from('c') },
    ...{ receivedAt: at, acceptedAt: at },
  });
  return id;
}

/** What the digest's claim does: from now on this fire has begun. */
async function claim(world: DispatchWorld, fireId: string, inboxIds: readonly string[] = []) {
  const id = newId('digest', world.clock);
  await world.store.db.insert(digests).values({
    ...{ id, personId: world.personId, fireId, wrappedKey: Buffer.from('k'), createdAt: world.clock.now() },
  });
  for (const inboxId of inboxIds) {
    await world.store.db.update(inbox).set({ digestId: id }).where(eq(inbox.id, inboxId));
  }
}

test('mailArrived() opens one fire for bursts of two accounts at once, and its run waits', async () => {
  await using world = await dispatchWorld(own.client, start);
  const name = unique();
  world.use({ [name]: onMail() });
  const [a, b] = [await addAccount(world, 'home'), await addAccount(world, 'work')];
  const ids = [await addMail(world, a.accountId), await addMail(world, b.accountId)];
  await Promise.all([world.dispatch.mailArrived(a, [ids[0]!]), world.dispatch.mailArrived(b, [ids[1]!])]);
  const fires = await world.firesOf(name);
  expect(fires).toHaveLength(1);
  expect(await world.store.db.select({ source: deliveries.source }).from(deliveries)).toEqual([{ source: 'joined' }]);
  const run = await own.client.workflow.getHandle(fires[0]!.workflowId).describe();
  expect(run.raw.workflowExecutionInfo?.executionTime?.seconds?.toString()).not.toBe(
    run.raw.workflowExecutionInfo?.startTime?.seconds?.toString(),
  );
});

test('mailArrived() opens a second fire once the first has claimed its mail', async () => {
  await using world = await dispatchWorld(own.client, start);
  const name = unique();
  world.use({ [name]: onMail() });
  const account = await addAccount(world, 'home');
  await world.dispatch.mailArrived(account, [await addMail(world, account.accountId)]);
  await claim(world, (await world.firesOf(name))[0]!.id);
  await world.dispatch.mailArrived(account, [await addMail(world, account.accountId)]);
  expect(await world.firesOf(name)).toHaveLength(2);
});

test('mailArrived() told twice of the same mail makes one fire', async () => {
  await using world = await dispatchWorld(own.client, start);
  const name = unique();
  world.use({ [name]: onMail() });
  const account = await addAccount(world, 'home');
  const id = await addMail(world, account.accountId);
  await world.dispatch.mailArrived(account, [id]);
  const fire = (await world.firesOf(name))[0]!;
  await claim(world, fire.id, [id]);
  await endFire(world.store, { fireId: fire.id, ending: 'ran' });
  await world.dispatch.mailArrived(account, [id]);
  expect(await world.firesOf(name)).toHaveLength(1);
});

test('mailArrived() fires only triggers of that account, and none that is switched off', async () => {
  await using world = await dispatchWorld(own.client, start);
  const [here, there, off] = [unique(), unique(), unique()];
  world.use({ [here]: onMail('home'), [there]: onMail('work'), [off]: { ...onMail(), enabled: false } });
  const account = await addAccount(world, 'home');
  await world.dispatch.mailArrived(account, [await addMail(world, account.accountId)]);
  const counts = await Promise.all([here, there, off].map(async (name) => (await world.firesOf(name)).length));
  expect(counts).toEqual([1, 0, 0]);
});

test('sweep() announces mail that nobody announced, after two minutes and once', async () => {
  await using world = await dispatchWorld(own.client, start);
  const name = unique();
  world.use({ [name]: onMail() });
  const account = await addAccount(world, 'home');
  await addMail(world, account.accountId);
  await addMail(world, account.accountId);
  expect((await world.dispatch.sweep()).announced).toBe(0);
  world.clock.advance(180_000);
  expect((await world.dispatch.sweep()).announced).toBe(2);
  expect((await world.dispatch.sweep()).announced).toBe(0);
  expect(await world.firesOf(name)).toMatchObject([{ lateMs: 180_000, kind: 'mail' }]);
});

test('sweep() starts a mail fire again whose start was lost', async () => {
  await using world = await dispatchWorld(own.client, start);
  const name = unique();
  world.use({ [name]: onMail() });
  const account = await addAccount(world, 'home');
  const cut = makeDispatch({ ...world.deps, client: unreachableClient() });
  await cut.mailArrived(account, [await addMail(world, account.accountId)]);
  expect(await world.firesOf(name)).toHaveLength(1);
  world.clock.advance(10_000);
  expect((await world.dispatch.sweep()).restarted).toBe(1);
});

test('sweep() tries mail of a failed digest again, later each time', async () => {
  await using world = await dispatchWorld(own.client, start);
  const name = unique();
  world.use({ [name]: onMail() });
  const account = await addAccount(world, 'home');
  await world.dispatch.mailArrived(account, [await addMail(world, account.accountId)]);
  const fails = async () => {
    const fire = (await world.firesOf(name)).find((one) => one.state === 'open')!;
    await endFire(world.store, { fireId: fire.id, ending: 'failed', reason: 'modelBusy' });
  };
  await fails();
  world.clock.advance(60_000);
  expect((await world.dispatch.sweep()).announced).toBe(0);
  world.clock.advance(70_000);
  expect((await world.dispatch.sweep()).announced).toBe(1);
  await fails();
  world.clock.advance(130_000);
  expect((await world.dispatch.sweep()).announced).toBe(0);
  world.clock.advance(120_000);
  expect((await world.dispatch.sweep()).announced).toBe(1);
});

test('sweep() announces mail whose digest was claimed and never made', async () => {
  await using world = await dispatchWorld(own.client, start);
  const name = unique();
  world.use({ [name]: onMail() });
  const account = await addAccount(world, 'home');
  const id = await addMail(world, account.accountId);
  await world.dispatch.mailArrived(account, [id]);
  const fire = (await world.firesOf(name))[0]!;
  await claim(world, fire.id, [id]);
  world.clock.advance(180_000);
  expect((await world.dispatch.sweep()).announced).toBe(0);
  await endFire(world.store, { fireId: fire.id, ending: 'failed', reason: 'storeBusy' });
  world.clock.advance(180_000);
  expect((await world.dispatch.sweep()).announced).toBe(1);
});

test('sweep() owes nothing where the flow ran and keeps no digests', async () => {
  await using world = await dispatchWorld(own.client, start);
  const name = unique();
  world.use({ [name]: onMail() });
  const account = await addAccount(world, 'home');
  await world.dispatch.mailArrived(account, [await addMail(world, account.accountId)]);
  await endFire(world.store, { fireId: (await world.firesOf(name))[0]!.id, ending: 'ran' });
  world.clock.advance(600_000);
  expect((await world.dispatch.sweep()).announced).toBe(0);
});

test('sweep() announces what a full digest left over', async () => {
  await using world = await dispatchWorld(own.client, start);
  const name = unique();
  world.use({ [name]: onMail() });
  const account = await addAccount(world, 'home');
  const [first, second] = [await addMail(world, account.accountId), await addMail(world, account.accountId)];
  await world.dispatch.mailArrived(account, [first, second].sort());
  const fire = (await world.firesOf(name))[0]!;
  await claim(world, fire.id, [[first, second].sort()[0]!]);
  await world.store.db.update(digests).set({ state: 'made' });
  await endFire(world.store, { fireId: fire.id, ending: 'ran' });
  world.clock.advance(180_000);
  expect((await world.dispatch.sweep()).announced).toBe(1);
});

test('sweep() takes up effects of closed fires only, and each once while its run lasts', async () => {
  await using world = await dispatchWorld(own.client, start);
  const [closed, open] = [unique(), unique()];
  const schedule = { run: 'endless', when: { schedule: '0 8 * * *' }, missed: { policy: 'none' } };
  world.use({ [closed]: schedule, [open]: schedule });
  const first = await world.dispatch.fireNow({ trigger: closed, requestId: 'a' });
  const second = await world.dispatch.fireNow({ trigger: open, requestId: 'a' });
  const rows = [first, second].map(({ fireId }) => ({
    ...{ id: newId('outbox', world.clock), personId: world.personId, effectKey: `${fireId}:mail:me` },
    ...{ kind: 'digest' as const, channel: 'mail', accountId: 'acc', messageIdHmac: fireId },
    ...{ wrappedKey: Buffer.from('k'), content: Buffer.from('c'), createdAt: world.clock.now() },
  }));
  await world.store.db.insert(outbox).values(rows);
  await endFire(world.store, { fireId: first.fireId, ending: 'failed', reason: 'mailBusy' });
  world.clock.advance(180_000);
  expect((await world.dispatch.sweep()).resumed).toBe(1);
  expect((await world.dispatch.sweep()).resumed).toBe(0);
  const run = await own.client.workflow.getHandle(`outbox:${rows[0]!.id}`).describe();
  expect(run.type).toBe('sendOutbox');
});
