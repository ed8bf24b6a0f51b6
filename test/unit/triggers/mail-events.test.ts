// - A trigger that looks at each mail fires for what it matches and for nothing else; a burst is one fire with all ids.
// - Mail that nobody announced is found by the sweeper, once; mail from before the trigger was there is left alone.
// - A message is one fire of each trigger that it matches, by the sender's own id.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accounts } from '../../../schemas/db/accounts.ts';
import { deliveries } from '../../../schemas/db/fires.ts';
import { inbox } from '../../../schemas/db/inbox.ts';
import { newId } from '../../../schemas/ids.ts';
import type { ParsedMail } from '../../../schemas/message.ts';
import { argsOf, readPayload } from '../../../store/fires/open-fire.ts';
import { matchMail } from '../../../triggers/match-mail.ts';
import { messageArrived } from '../../../triggers/message-arrived.ts';
import { type DispatchWorld, dispatchWorld } from '../../support/dispatch-world.ts';
import { ownNamespace } from '../../support/own-namespace.ts';
import { type TestTemporal, temporal } from '../../support/temporal.ts';

let server: TestTemporal;
let own: Awaited<ReturnType<typeof ownNamespace>>;
beforeAll(async () => {
  server = await temporal();
  own = await ownNamespace(server);
});
afterAll(() => server[Symbol.asyncDispose]());

const start = '2026-03-01T06:00:00Z';
const unique = () => `t${randomUUID().slice(0, 8)}`;
const parsed = (more: Partial<ParsedMail> = {}): ParsedMail => ({
  headerHash: 'h',
  from: { name: 'Ann', address: 'ann@out.example' },
  to: [],
  cc: [],
  subject: 'Invoice 7 for March',
  references: [],
  autoSubmitted: false,
  text: 'see attachment',
  attachments: [{ filename: 'invoice.pdf', contentType: 'application/pdf', sizeBytes: 9 }],
  classification: { kind: 'person', reason: 'a person' },
  proof: { verdict: 'pass', by: 'dkim', domain: 'out.example', detail: 'pass' },
  ...more,
});
const about = { inboxId: 'inb_1', account: 'home', folder: 'INBOX', seen: false, receivedAt: new Date(start) };
const onMail = (mail: object, more: object = {}) => ({ run: 'endless', when: { mail, settle: '30s' }, ...more });

async function addAccount(world: DispatchWorld, name: string) {
  const accountId = newId('account', world.clock);
  await world.store.db.insert(accounts).values({
    ...{ id: accountId, personId: world.personId, name, channel: 'mail', fileHash: 'x', updatedAt: world.clock.now() },
  });
  return { accountId, name };
}

async function addMail(world: DispatchWorld, accountId: string, mail = parsed()): Promise<string> {
  const id = newId('inbox', world.clock);
  const unit = world.store.keys.newUnit(world.personId);
  const place = { table: 'inbox', row: id, column: 'content', person: world.personId };
  await world.store.db.insert(inbox).values({
    ...{ id, personId: world.personId, accountId, channel: 'mail', dedupeHmac: id, mailbox: 'INBOX', uidValidity: '1' },
    ...{ seen: false, sizeBytes: 1, wrappedKey: unit.wrapped, content: unit.seal(place, JSON.stringify(mail)) },
    ...{ receivedAt: world.clock.now(), acceptedAt: world.clock.now() },
  });
  return id;
}

test.each([
  [{}, true],
  [{ account: 'home' }, true],
  [{ account: 'work' }, false],
  [{ folder: 'INBOX' }, true],
  [{ folder: 'Lists' }, false],
  [{ from: '@out\\.example' }, true],
  [{ from: '^Ann' }, true],
  [{ from: '@in\\.example' }, false],
  [{ subject: '(?i)invoice \\d+' }, true],
  [{ subject: 'invoice' }, false],
  [{ attachment: true }, true],
  [{ attachment: false }, false],
  [{ class: ['person', 'list'] }, true],
  [{ class: ['list'] }, false],
  [{ unread: true }, true],
  [{ unread: false }, false],
  [{ proven: true }, true],
  [{ proven: false }, false],
  [{ from: '^Ann', subject: 'nothing' }, false],
])('matchMail() with %j is %s', async (mail, expected) => {
  await using world = await dispatchWorld(own.client, start);
  world.use({ t: onMail(mail) });
  const trigger = world.deps.files.current().triggers.get('t')!;
  expect(matchMail(trigger, { ...about, mail: parsed() })).toBe(expected);
});

test('mailArrived() makes one fire of the mails that match within settle, and hands over their ids', async () => {
  await using world = await dispatchWorld(own.client, start);
  const name = unique();
  world.use({ [name]: onMail({ subject: 'Invoice' }, { map: { from: 'event.from.address' } }) });
  const account = await addAccount(world, 'home');
  const first = await addMail(world, account.accountId);
  const other = await addMail(world, account.accountId, parsed({ subject: 'Hello' }));
  await world.dispatch.mailArrived(account, [first, other]);
  world.clock.advance(10_000);
  const second = await addMail(world, account.accountId);
  await world.dispatch.mailArrived(account, [second]);
  await world.dispatch.mailArrived(account, [first, other, second]);
  const [fire, ...more] = await world.firesOf(name);
  expect(more).toEqual([]);
  expect(argsOf(world.store, fire!)).toEqual({ mails: [first, second], from: 'ann@out.example' });
  world.clock.advance(20_000);
  expect(await world.dispatch.begin(fire!.id)).toMatchObject({ waitMs: 0, args: { mails: [first, second] } });
});

test('mailArrived() lets a condition look at the mail before anything runs', async () => {
  await using world = await dispatchWorld(own.client, start);
  const name = unique();
  world.use({ [name]: onMail({}, { run: 'emailDigest', condition: 'event.attachments.size() > 1' }) });
  const account = await addAccount(world, 'home');
  await world.dispatch.mailArrived(account, [await addMail(world, account.accountId)]);
  expect((await world.firesOf(name)).map(({ state, reason }) => [state, reason])).toEqual([
    ['skipped', 'its condition does not hold'],
  ]);
});

test('sweep() shows a trigger mail that nobody announced, once, and none from before it was there', async () => {
  await using world = await dispatchWorld(own.client, start);
  const name = unique();
  world.use({});
  const account = await addAccount(world, 'home');
  await addMail(world, account.accountId);
  world.clock.advance(1_000);
  world.use({ [name]: onMail({ subject: 'Invoice' }) });
  await world.dispatch.sweep();
  world.clock.advance(660_000);
  const id = await addMail(world, account.accountId);
  world.clock.advance(119_000);
  await world.dispatch.sweep();
  expect(await world.firesOf(name)).toEqual([]);
  world.clock.advance(1_000);
  await world.dispatch.sweep();
  await world.dispatch.sweep();
  const fires = await world.firesOf(name);
  expect(fires.map((fire) => fire.slotKey)).toEqual([`mail-${id}`]);
});

test('a mail trigger with overlap skip lets one more wait, which takes along what comes meanwhile', async () => {
  await using world = await dispatchWorld(own.client, start);
  const name = unique();
  world.use({ [name]: { run: 'emailDigest', when: { mail: {}, settle: '1s' }, overlap: 'skip' } });
  const account = await addAccount(world, 'home');
  await world.dispatch.mailArrived(account, [await addMail(world, account.accountId)]);
  const [running] = await world.firesOf(name);
  const { digests } = await import('../../../schemas/db/inbox.ts');
  await world.store.db.insert(digests).values({
    ...{ id: newId('digest', world.clock), personId: world.personId, fireId: running!.id },
    ...{ wrappedKey: Buffer.from('k'), createdAt: world.clock.now() },
  });
  await world.dispatch.mailArrived(account, [await addMail(world, account.accountId)]);
  await world.dispatch.mailArrived(account, [await addMail(world, account.accountId)]);
  expect((await world.firesOf(name)).map(({ state, waits }) => [state, waits])).toEqual([
    ['open', null],
    ['open', 'queue'],
  ]);
  await world.dispatch.endFire({ fireId: running!.id, ending: 'ran' });
  expect((await world.firesOf(name)).map(({ state, waits }) => [state, waits])).toEqual([
    ['ran', null],
    ['open', null],
  ]);
});

test('a mail trigger that looks at each mail and skips overlap loses none: one waits and takes the others along', async () => {
  await using world = await dispatchWorld(own.client, start);
  const name = unique();
  world.use({ [name]: onMail({ subject: 'Invoice' }, { overlap: 'skip' }) });
  const account = await addAccount(world, 'home');
  const ids = [];
  for (let at = 0; at < 4; at++) {
    const id = await addMail(world, account.accountId);
    ids.push(id);
    await world.dispatch.mailArrived(account, [id]);
  }
  const [running, waiting, ...more] = await world.firesOf(name);
  expect(more).toEqual([]);
  expect(argsOf(world.store, running!)).toEqual({ mails: ids.slice(0, 1) });
  expect(waiting).toMatchObject({ state: 'open', waits: 'queue' });
  expect(argsOf(world.store, waiting!)).toEqual({ mails: ids.slice(1) });
});

test('sweep() owes a mail trigger nothing of the time when it was switched off, and tells it nothing twice', async () => {
  await using world = await dispatchWorld(own.client, start);
  const name = unique();
  const file = onMail({ subject: 'Invoice' });
  world.use({ [name]: file });
  const account = await addAccount(world, 'home');
  await world.dispatch.sweep();
  world.use({ [name]: { ...file, enabled: false } });
  await world.dispatch.sweep();
  world.clock.advance(3_600_000);
  await addMail(world, account.accountId);
  world.clock.advance(3_600_000);
  world.use({ [name]: file });
  await world.dispatch.sweep();
  world.clock.advance(60_000);
  const id = await addMail(world, account.accountId);
  await world.dispatch.mailArrived(account, [id]);
  for (let minute = 0; minute < 6; minute++) {
    world.clock.advance(60_000);
    await world.dispatch.sweep();
  }
  expect((await world.firesOf(name)).map((fire) => fire.slotKey)).toEqual([`mail-${id}`]);
  expect(await world.store.db.$count(deliveries)).toBe(0);
});

test('messageArrived() fires each trigger that matches, and once for the same id on the same channel', async () => {
  await using world = await dispatchWorld(own.client, start);
  const [any, room, mention] = [unique(), unique(), unique()];
  world.use({
    [any]: { run: 'endless', when: { message: {} } },
    [room]: { run: 'endless', when: { message: { room: 'ops', pattern: '(?i)\\bdeploy\\b' } } },
    [mention]: { run: 'endless', when: { message: { mention: true, from: '^ann@' } } },
  });
  const message = { id: '1', channel: 'api', room: 'ops', from: 'ann@x.example', text: 'Deploy now', mention: false };
  expect(await messageArrived(world.deps, message)).toHaveLength(2);
  expect((await messageArrived(world.deps, message)).map((one) => one.accepted)).toEqual([false, false]);
  expect(await messageArrived(world.deps, { ...message, channel: 'other', mention: true })).toHaveLength(3);
  const [fire] = await world.firesOf(room);
  expect(argsOf(world.store, fire!).message).toEqual({
    ...{ channel: 'api', room: 'ops', from: 'ann@x.example', text: 'Deploy now', mention: false },
  });
  expect((await readPayload(world.store, fire!.id))?.body.toString()).toBe('Deploy now');
});
