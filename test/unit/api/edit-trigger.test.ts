// - A program edits a trigger's file only from the text that it read: what anybody changed meanwhile is kept, and 412 says so.
// - What cannot be used changes nothing, on disk and in force; what can is in force at the answer, and in the audit log.
// - No name leads out of the folder, and nobody without the token reads or writes.
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { asc } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { audit } from '../../../schemas/db/records.ts';
import { auditHash } from '../../../store/append-audit.ts';
import { type EditWorld, editWorld, goodTrigger } from '../../support/edit-world.ts';

let world: EditWorld;
beforeAll(async () => {
  world = await editWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const schedule = (name: string) => world.files.current().triggers.get(name)?.when;
const at = (cron: string) => expect.objectContaining({ schedule: cron });
const saidBy = async (answer: Response) => (await answer.json()) as { code?: string; hash?: string; faults?: object[] };
const isNew = { 'if-none-match': '*' };
const from = (text: string) => ({ 'if-match': `"${hashOf(text)}"` });
const bad = 'run: noop\nwhen: { schedule: "0 8 * * *" }\nmissed: { policy: none }\npriority: urgnet\noverlap: skp\n';

test('PUT /file writes a new trigger, GET gives it back byte for byte, and DELETE removes it', async () => {
  const text = `\ufeff# Grüße\r\n${goodTrigger()}`;
  const put = await world.ask('PUT', 'fresh', isNew, text);
  expect(put.status).toBe(201);
  expect(await put.json()).toEqual({ name: 'fresh', path: 'triggers/fresh.yaml', hash: hashOf(text) });
  expect(put.headers.get('etag')).toBe(`"${hashOf(text)}"`);
  expect(schedule('fresh')).toEqual(at('0 8 * * *'));
  const got = await world.ask('GET', 'fresh');
  expect(Buffer.from(await got.arrayBuffer())).toEqual(Buffer.from(text));
  expect(got.headers.get('etag')).toBe(`"${hashOf(text)}"`);
  expect(got.headers.get('content-type')).toMatch(/^application\/yaml/);
  expect(statSync(join(world.home, 'triggers/fresh.yaml')).mode & 0o777).toBe(0o600);
  const gone = await world.ask('DELETE', 'fresh', from(text));
  expect([gone.status, await gone.json()]).toEqual([200, { name: 'fresh', path: 'triggers/fresh.yaml' }]);
  expect(world.files.current().triggers.has('fresh')).toBe(false);
  expect((await world.ask('GET', 'fresh')).status).toBe(404);
  expect((await world.ask('DELETE', 'fresh', from(text))).status).toBe(404);
});

test('PUT /file lets one of two writers at once win, and the other gets 412 with the hash that won', async () => {
  await world.ask('PUT', 'raced', isNew, goodTrigger());
  const texts = Array.from({ length: 8 }, (_, minute) => goodTrigger(`${minute} 9 * * *`));
  const answers = await Promise.all(texts.map((text) => world.ask('PUT', 'raced', from(goodTrigger()), text)));
  const won = answers.findIndex(({ status }) => status === 200);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(412)]);
  expect(world.read('triggers/raced.yaml')).toBe(texts[won]);
  for (const lost of answers.filter(({ status }) => status === 412)) {
    expect(await lost.json()).toMatchObject({
      code: 'changedMeanwhile',
      hash: hashOf(texts[won]!),
      detail: expect.stringContaining(hashOf(texts[won]!)),
    });
  }
  const news = await Promise.all(texts.map((text) => world.ask('PUT', 'raced-new', isNew, text)));
  expect(news.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(412)]);
});

test('PUT and DELETE /file keep a hand edit that came between', async () => {
  await world.ask('PUT', 'by-hand', isNew, goodTrigger());
  const read = (await world.ask('GET', 'by-hand')).headers.get('etag')!;
  world.write('triggers/by-hand.yaml', goodTrigger('30 7 * * *'));
  const put = await world.ask('PUT', 'by-hand', { 'if-match': read }, goodTrigger('0 9 * * *'));
  expect([put.status, (await saidBy(put)).hash]).toEqual([412, hashOf(goodTrigger('30 7 * * *'))]);
  expect((await world.ask('DELETE', 'by-hand', { 'if-match': read })).status).toBe(412);
  expect(world.read('triggers/by-hand.yaml')).toBe(goodTrigger('30 7 * * *'));
  unlinkSync(join(world.home, 'triggers/by-hand.yaml'));
  expect((await world.ask('PUT', 'by-hand', { 'if-match': read }, goodTrigger())).status).toBe(412);
  expect((await world.ask('PUT', 'by-hand', { 'if-match': '*' }, goodTrigger())).status).toBe(412);
  expect((await world.ask('PUT', 'by-hand', isNew, goodTrigger())).status).toBe(201);
  expect((await world.ask('PUT', 'by-hand', { 'if-match': '*' }, goodTrigger('1 1 * * *'))).status).toBe(200);
});

test('PUT /file with a broken text says every fault, and leaves file, force and record as they are', async () => {
  await world.ask('PUT', 'whole', isNew, goodTrigger());
  const before = await world.store.db.$count(audit);
  const refused = await world.ask('PUT', 'whole', from(goodTrigger()), bad);
  expect(refused.status).toBe(422);
  expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const { code, faults } = await saidBy(refused);
  expect(code).toBe('fileInvalid');
  expect(faults).toEqual([
    { line: 5, column: 10, message: expect.stringContaining('did you mean skip') },
    { line: 4, column: 11, message: expect.stringContaining('did you mean urgent') },
  ]);
  expect((await world.ask('PUT', 'never', isNew, bad)).status).toBe(422);
  expect((await world.ask('PUT', 'never', isNew, '')).status).toBe(422);
  const unknownFlow = goodTrigger().replace('noop', 'nop');
  expect((await saidBy(await world.ask('PUT', 'never', isNew, unknownFlow))).faults).toHaveLength(1);
  expect(world.read('triggers/whole.yaml')).toBe(goodTrigger());
  expect(schedule('whole')).toEqual(at('0 8 * * *'));
  expect(world.files.current().faults).toEqual([]);
  expect(readdirSync(join(world.home, 'triggers')).filter((file) => /never|\.new$/.test(file))).toEqual([]);
  expect(await world.store.db.$count(audit)).toBe(before);
  // The clean twin.
  const mended = bad.replace('urgnet', 'urgent').replace('skp', 'skip');
  expect((await world.ask('PUT', 'whole', from(goodTrigger()), mended)).status).toBe(200);
});

test('PUT /file replaces what a link points at, and keeps mode and ending', async () => {
  mkdirSync(join(world.home, 'elsewhere'));
  world.write('elsewhere/kept.yaml', goodTrigger());
  symlinkSync('../elsewhere/kept.yaml', join(world.home, 'triggers/linked.yaml'));
  world.write('triggers/short.yml', goodTrigger());
  chmodSync(join(world.home, 'elsewhere/kept.yaml'), 0o640);
  await world.files.reload();
  const text = goodTrigger('15 6 * * *');
  for (const name of ['linked', 'short']) {
    expect((await world.ask('PUT', name, from(goodTrigger()), text)).status).toBe(200);
    expect(schedule(name)).toEqual(at('15 6 * * *'));
  }
  expect(lstatSync(join(world.home, 'triggers/linked.yaml')).isSymbolicLink()).toBe(true);
  expect(world.read('elsewhere/kept.yaml')).toBe(text);
  expect(statSync(join(world.home, 'elsewhere/kept.yaml')).mode & 0o777).toBe(0o640);
  expect(readdirSync(join(world.home, 'triggers'))).not.toContain('short.yaml');
  expect((await world.ask('DELETE', 'linked', from(text))).status).toBe(200);
  expect(world.read('elsewhere/kept.yaml')).toBe(text);
  // Which of two would be meant is not guessed.
  world.write('triggers/short.yaml', goodTrigger());
  const twins = await world.ask('PUT', 'short', { 'if-match': '*' }, goodTrigger());
  expect([twins.status, (await saidBy(twins)).code]).toEqual([422, 'fileInvalid']);
  expect((await world.ask('DELETE', 'short', { 'if-match': '*' })).status).toBe(422);
  unlinkSync(join(world.home, 'triggers/short.yaml'));
  await world.files.reload();
});

test('GET, PUT and DELETE /file act for whoever holds the token, and for names that stay in the folder', async () => {
  world.write('triggers/mine.yaml', goodTrigger());
  world.write('outside.yaml', goodTrigger());
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const body = method === 'PUT' ? goodTrigger('0 0 * * *') : undefined;
    const lock = { 'if-match': '*' };
    for (const authorization of ['Bearer wrong', 'Basic b3duZXI=']) {
      expect((await world.ask(method, 'mine', { ...lock, authorization }, body)).status).toBe(401);
    }
    for (const name of ['..%2Foutside', '%2e%2e%2foutside', '.hidden', 'a%00b', '%2Fetc%2Fpasswd', 'x'.repeat(65)]) {
      expect((await world.ask(method, name, lock, body)).status, `${method} ${name}`).toBe(400);
    }
  }
  expect(world.read('outside.yaml')).toBe(goodTrigger());
  expect(world.read('triggers/mine.yaml')).toBe(goodTrigger());
  expect((await world.ask('PUT', 'mine', from(goodTrigger()), goodTrigger('0 0 * * *'))).status).toBe(200);
});

test('PUT /file refuses what is no lock and what is no text', async () => {
  const text = goodTrigger();
  const locks: Record<string, string>[] = [
    {},
    { 'if-match': '*', 'if-none-match': '*' },
    { 'if-none-match': `"${hashOf(text)}"` },
    { 'if-match': hashOf(text) },
    { 'if-match': '"a", b' },
  ];
  for (const lock of locks) expect((await world.ask('PUT', 'shape', lock, text)).status).toBe(400);
  expect((await world.ask('DELETE', 'shape', isNew)).status).toBe(400);
  const types = ['application/json', 'text/plain; charset=latin1', 'application/x-www-form-urlencoded'];
  for (const type of types) {
    expect((await world.ask('PUT', 'shape', { ...isNew, 'content-type': type }, text)).status, type).toBe(415);
  }
  expect((await world.ask('PUT', 'shape', isNew, Uint8Array.of(0x72, 0xff))).status).toBe(400);
  const padded = (bytes: number) => `${text}#`.padEnd(bytes, '-');
  expect((await world.ask('PUT', 'shape', isNew, padded(65_537))).status).toBe(413);
  const plain = { ...isNew, 'content-type': 'text/plain; charset=UTF-8' };
  expect((await world.ask('PUT', 'shape', plain, padded(65_536))).status).toBe(201);
  const weak = { 'if-match': `W/"${hashOf(padded(65_536))}"` };
  expect((await world.ask('PUT', 'shape', weak, text)).status).toBe(412);
  const one = { 'if-match': `"${hashOf('other')}", "${hashOf(padded(65_536))}"` };
  expect((await world.ask('PUT', 'shape', one, text)).status).toBe(200);
});

test('PUT and DELETE /file are audited with hashes and no text, in the chain, and only where something changed', async () => {
  const before = await world.store.db.$count(audit);
  const [first, second] = [`${goodTrigger()}# hush\n`, goodTrigger('5 5 * * *')];
  await world.ask('PUT', 'told', isNew, first);
  await world.ask('PUT', 'told', from(first), first);
  await world.ask('PUT', 'told', from(first), second);
  await world.ask('DELETE', 'told', from(second));
  const rows = await world.store.db.select().from(audit).orderBy(asc(audit.seq)).offset(before);
  expect(rows.map(({ actor, action, subject, data }) => ({ actor, action, subject, data }))).toEqual([
    { actor: 'owner', action: 'trigger.write', subject: 'told', data: { before: '', after: hashOf(first) } },
    {
      actor: 'owner',
      action: 'trigger.write',
      subject: 'told',
      data: { before: hashOf(first), after: hashOf(second) },
    },
    { actor: 'owner', action: 'trigger.remove', subject: 'told', data: { before: hashOf(second), after: '' } },
  ]);
  for (const { hash, previousHash, at: when, personId, ...row } of rows) {
    expect(hash).toBe(auditHash(previousHash, when, { ...row, ...(personId === null ? {} : { personId }) }));
  }
  expect(JSON.stringify(rows)).not.toContain('hush');
});
