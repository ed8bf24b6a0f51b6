/**
 * - What was told is carried to another home with all its versions and their instants, sealed by a passphrase.
 * - What is there stays, what was forgotten there stays so, and what is forgotten is carried nowhere.
 * - Another passphrase, a file that was cut or changed, and one of a newer version open nothing.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMemory } from '../../../activities/memory/open-memory.ts';
import { openMemoryFile, sealMemoryFile } from '../../../cli/memory-file.ts';
import { memoryFacts } from '../../../schemas/db/memory-facts.ts';
import { type ApiWorld, apiToken, apiWorld } from '../../support/api-world.ts';
import { ownNamespace } from '../../support/own-namespace.ts';
import { type TestTemporal, temporal } from '../../support/temporal.ts';

let server: TestTemporal;
let [here, there]: ApiWorld[] = [];
const folder = mkdtempSync(join(tmpdir(), 'steward-carry-'));
const file = join(folder, 'memory.sealed');
beforeAll(async () => {
  server = await temporal();
  const { client } = await ownNamespace(server);
  here = await apiWorld(client, '2026-11-27T08:00:00Z', {}, { STEWARD_PASSPHRASE: 'correct horse' });
  there = await apiWorld(client, '2026-12-01T08:00:00Z', {}, { STEWARD_PASSPHRASE: 'correct horse' });
});
afterAll(async () => {
  for (const one of [here!, there!, server]) await one[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});
const memory = async (world: ApiWorld, ...words: string[]) =>
  JSON.parse((await world.steward('memory', ...words, '--json')).out);

test('what was told is carried with its history, once, and what was forgotten is not', async () => {
  const { fact } = await memory(here!, 'remember', 'My canary is yellow', '--name', 'canary');
  here!.clock.advance(3_600_000);
  await memory(here!, 'correct', fact.id, 'My canary is green');
  const gone = await memory(here!, 'remember', 'My secret is zebra');
  await here!.steward('memory', 'forget', gone.fact.id);
  const { store, personId } = here!;
  const told = openMemory(store);
  const source = { channel: 'test' };
  const act = { personId, origin: 'owner' as const, source, localOnly: false };
  for (let at = 0; at < 450; at += 1)
    await told.remember({ ...act, actId: `box-${at}` }, { text: `Box ${at} is in the cellar` });
  expect(await memory(here!, 'export', file)).toMatchObject({ facts: 451 });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const text = readFileSync(file, 'latin1');
  for (const word of ['canary', 'zebra', 'cellar']) expect(text).not.toContain(word);
  expect(openMemoryFile(readFileSync(file), 'correct horse').facts).toHaveLength(451);
  // Never over another one.
  expect(await here!.steward('memory', 'export', file)).toMatchObject({
    code: 2,
    err: expect.stringContaining('there already'),
  });

  expect(await memory(there!, 'import', file)).toEqual({ added: 451, known: 0, forgotten: 0 });
  const { versions } = await memory(there!, 'history', fact.id);
  const { versions: before } = await memory(here!, 'history', fact.id);
  expect(versions).toEqual(before);
  expect(versions.map(({ text: words }: { text: string }) => words)).toEqual([
    'My canary is yellow',
    'My canary is green',
  ]);
  expect((await memory(there!, 'list', '--as-of', '2026-11-27T08:30:00Z')).facts).toEqual(
    (await memory(here!, 'list', '--as-of', '2026-11-27T08:30:00Z')).facts,
  );
  await there!.steward('memory', 'forget', fact.id);
  expect(await memory(there!, 'import', file)).toEqual({ added: 0, known: 450, forgotten: 1 });
  expect((await there!.steward('memory', 'recall', 'canary')).out).toContain('You have told nothing of that');
  const rows = await there!.store.db.select().from(memoryFacts);
  expect(rows.find(({ id }) => id === fact.id)!.wrappedKey).toBeNull();
}, 240_000);

test('a file opens whole, by its passphrase, or not at all', () => {
  const sealed = sealMemoryFile([], new Date('2026-11-27T08:00:00Z'), 'correct horse');
  expect(openMemoryFile(sealed, 'correct horse')).toEqual({ exportedAt: '2026-11-27T08:00:00.000Z', facts: [] });
  const refused = (bytes: Buffer, words: string, passphrase = 'correct horse') =>
    expect(() => openMemoryFile(bytes, passphrase)).toThrow(words);
  refused(sealed, 'another one', 'wrong horse');
  for (const length of [20, 40, sealed.length - 1]) refused(sealed.subarray(0, length), 'cut or changed');
  for (const at of [18, 40, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    refused(changed, 'cut or changed');
  }
  refused(Buffer.from('steward-memory-2\nabc'), 'is of version 2');
  refused(Buffer.from('id,text\n1,hello\n'), 'no file of exported memory');
  refused(Buffer.alloc(0), 'no file of exported memory');
});

test('an import takes in nothing of a fact that is none', async () => {
  const bad = { id: 'fct_none', versions: [] };
  const answer = await fetch(`http://127.0.0.1:${there!.apiPort}/api/v1/memory/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ facts: [bad] }),
  });
  expect(answer.status).toBe(400);
});
