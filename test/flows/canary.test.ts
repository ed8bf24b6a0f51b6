/**
 * - After mail was taken in, digested, reported and delivered, no word of it is readable in anything that Steward keeps:
 *   Postgres with its log of writes, Temporal's database, logs, bundles, state.
 * - Nor is a secret of a file. The scan can fail: it finds the same words in the mailbox.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openMemory } from '../../activities/memory/open-memory.ts';
import { sealMemoryFile } from '../../cli/memory-file.ts';
import { homePlaces } from '../../workers/home/open-home.ts';
import { placeCluster } from '../../workers/home/place-cluster.ts';
import { chaosWorld } from '../chaos/chaos-world.ts';
import { atRest } from '../chaos/judge-digests.ts';
import { eventually } from '../support/world.ts';

const canaries = [
  'Zanzibar-fact-6613',
  'Zanzibar-subject-8812',
  'Zanzibar-body-4471',
  'zanzibar-sender-5530',
  'zanzibar-secret-9926',
];

function everyFile(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** As UTF-8, as UTF-16, and as base64 at each of its three alignments. */
function shapesOf(word: string): Buffer[] {
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(word)]).toString('base64');
    return text.slice(shift === 0 ? 0 : 4, -4);
  });
  return [Buffer.from(word), Buffer.from(word, 'utf16le'), ...base64.map((text) => Buffer.from(text))];
}

function findWords(folders: readonly string[]): string[] {
  const shapes = canaries.map((word) => [word, shapesOf(word)] as const);
  return folders.flatMap(everyFile).flatMap((file) => {
    const bytes = readFileSync(file);
    return shapes.flatMap(([word, all]) => (all.some((shape) => bytes.includes(shape)) ? [`${word} in ${file}`] : []));
  });
}

test('no word of a mail and no secret is at rest anywhere that Steward writes', async () => {
  await using world = await chaosWorld({ settle: '1s' });
  const { home, imap } = world;
  const model = '{ name: m, type: remote, endpoint: "http://127.0.0.1:9/v1", auth: { api_key: zanzibar-secret-9926 } }';
  writeFileSync(join(home, 'models.yaml'), `probe: false\nmodels: [${model}]\n`);
  await eventually(async () => {
    const { rowCount } = await world.withStore((store) => store.db.execute('select 1 from cursors'));
    return (rowCount ?? 0) > 0 || undefined;
  });
  const head =
    'From: Zoe <zanzibar-sender-5530@out.example>\r\nTo: me@mail.test\r\nMessage-ID: <zanzibar-sender-5530@out.example>\r\n';
  const raw = `${head}Subject: Zanzibar-subject-8812\r\n\r\nCould you read Zanzibar-body-4471 by Friday?\r\n`;
  await imap.append('me@mail.test', raw);
  await eventually(async () => (await world.withStore((store) => atRest(store, 1))) || undefined, 60_000);
  await eventually(() => world.smtp.mails.find((mail) => mail.raw.includes('Zanzibar-body-4471')), 60_000);
  const kept = await world.withStore((store) => store.db.execute("select 1 from config_files where name = 'models'"));
  expect(kept.rowCount).toBe(1);
  await world.withStore(async (store) => {
    const [{ id: personId }] = (await store.db.execute<{ id: string }>('select id from people limit 1')).rows as [
      { id: string },
    ];
    const act = { personId, actId: 'canary', origin: 'owner', source: { channel: 'cli' }, localOnly: false } as const;
    await openMemory(store).remember(act, { text: 'The key lies under Zanzibar-fact-6613.' });
    await openMemory(store).remember({ ...act, actId: 'again' }, { text: 'The key lies under Zanzibar-fact-6613' });
    expect((await openMemory(store).recall({ personId, question: 'key', limit: 1 }))[0]!.text).toContain(canaries[0]);
  });
  // The nightly review writes facts anew, and what is carried to another home lies in a file.
  const review = 'run: consolidateMemory\nwhen: { schedule: "@yearly" }\nmissed: { policy: none }\n';
  writeFileSync(join(home, 'triggers', 'canary-review.yaml'), review);
  await eventually(async () => {
    const answer = await fetch(`http://127.0.0.1:${world.ports().api}/api/v1/triggers/canary-review/fire`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.token()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ requestId: 'canary' }),
    });
    return answer.status === 202 || undefined;
  });
  await eventually(async () => {
    const sql = "select 1 from memory_versions where change = 'merged'";
    return ((await world.withStore((store) => store.db.execute(sql))).rowCount ?? 0) > 0 || undefined;
  });
  await world.withStore(async (store) => {
    const facts = await openMemory(store).exportFacts(
      ((await store.db.execute<{ id: string }>('select id from people limit 1')).rows as [{ id: string }])[0].id,
    );
    expect(facts).toHaveLength(2);
    const file = join(homePlaces(home).data, 'carried.sealed');
    writeFileSync(file, sealMemoryFile(facts, new Date(), 'correct horse'));
  });
  // Writes what is still in memory to its files, as a stop does.
  await world.withStore((store) => store.db.execute('checkpoint'));

  const places = homePlaces(home);
  expect(findWords([places.data, placeCluster(places).directory])).toEqual([]);
  expect(findWords([imap.folder]).length).toBeGreaterThan(0);
}, 180_000);
