// - However a file comes to lie there, what is in force is the old version or the new one, and never a third.
// - A file that is moved aside for a moment, cannot be read, or is half there keeps its last good version.
// - The last good version of every kind of trigger serves after a restart with a broken file.
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { FileSet, Files } from '../../../../schemas/file-set.ts';
import { firableFlows } from '../../../../schemas/flows.ts';
import { kindOf, triggerKinds } from '../../../../schemas/trigger-kinds.ts';
import { openFiles } from '../../../../store/files/open-files.ts';
import { storeSecret } from '../../../../store/secrets/store-secret.ts';
import { type TestStore, testStore } from '../../../support/postgres.ts';

const examples = resolve(import.meta.dirname, '../../../../docs/examples/triggers');
const asRoot = process.getuid?.() === 0;

/** `run:` comes last, so that no beginning of it is a good file. */
const version = (tag: string) => `tags: [${tag}]\nwhen: { mail: {} }\nrun: noop\n`;
const tagOf = (set: FileSet, name = 'a') => set.triggers.get(name)?.tags[0];

interface Open extends AsyncDisposable {
  readonly root: string;
  readonly path: string;
  readonly sets: FileSet[];
  readonly files: Files;
  until(what: (set: FileSet) => boolean): Promise<void>;
  restart(): Promise<FileSet>;
}

async function open(opened: TestStore, first: Record<string, string> = { a: version('one') }): Promise<Open> {
  const root = mkdtempSync(join(tmpdir(), 'home-'));
  mkdirSync(join(root, 'triggers'));
  for (const [name, text] of Object.entries(first)) writeFileSync(join(root, 'triggers', `${name}.yaml`), text);
  const knownFlows = () => new Set<string>(firableFlows);
  const log = { info() {}, warn() {} };
  const start = () => openFiles({ home: root, store: opened.store, log, knownFlows, env: {} });
  let files = await start();
  const sets: FileSet[] = [];
  files.onChange((set) => sets.push(set));
  return {
    ...{ root, sets, path: join(root, 'triggers/a.yaml') },
    get files() {
      return files;
    },
    until: (what) => expect.poll(() => what(files.current()), { timeout: 15_000, interval: 10 }).toBe(true),
    restart: async () => {
      await files.close();
      files = await start();
      return files.current();
    },
    [Symbol.asyncDispose]: async () => {
      await files.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

test('openFiles() keeps the old version in force while a new one is written in place, piece by piece', async () => {
  await using opened = await testStore();
  await using one = await open(opened);
  for (const tag of ['two', 'three']) {
    const file = openSync(one.path, 'w');
    for (const piece of version(tag).match(/[\s\S]{1,9}/g)!) {
      writeSync(file, piece);
      await sleep(130);
    }
    closeSync(file);
    await one.until((set) => tagOf(set) === tag && set.faults.length === 0);
  }
  const tags = one.sets.map((set) => tagOf(set));
  expect([...new Set(tags)]).toEqual(['one', 'two', 'three']);
  // Its halves were seen, or this proves nothing.
  expect(one.sets.some((set) => set.faults.length > 0)).toBe(true);
  expect(one.sets.flatMap((set) => set.faults).every((fault) => fault.lastGoodInForce)).toBe(true);
});

test('openFiles() keeps the last good version of a file that is moved aside and comes back broken', async () => {
  await using opened = await testStore();
  await using one = await open(opened);
  for (let round = 0; round < 5; round += 1) {
    renameSync(one.path, `${one.path}~`);
    // The reading that meets the gap is asked for here, and not left to luck.
    const read = one.files.reload();
    await sleep(30);
    writeFileSync(one.path, 'run: [');
    await read;
    await one.until((set) => set.faults.length === 1);
    expect(tagOf(one.files.current())).toBe('one');
    writeFileSync(one.path, version('one'));
    await one.until((set) => set.faults.length === 0);
  }
  expect(one.sets.map((set) => tagOf(set)).every((tag) => tag === 'one')).toBe(true);
  unlinkSync(one.path);
  await one.until((set) => set.triggers.size === 0);
});

test('openFiles() follows a link that is set to another file, and a folder that is one', async () => {
  await using opened = await testStore();
  await using one = await open(opened, {});
  const elsewhere = (name: string, text: string) => {
    mkdirSync(join(one.root, name, '..'), { recursive: true });
    writeFileSync(join(one.root, name), text);
    return join(one.root, name);
  };
  const relink = (target: string, path: string) => {
    symlinkSync(target, `${path}.new`);
    renameSync(`${path}.new`, path);
  };
  relink(elsewhere('v1/a.yaml', version('one')), one.path);
  await one.until((set) => tagOf(set) === 'one');
  relink(elsewhere('v2/a.yaml', version('two')), one.path);
  await one.until((set) => tagOf(set) === 'two');
  // As configuration is put into containers: the whole folder is a link, and is set to another one at once.
  elsewhere('v3/b.yaml', version('three'));
  elsewhere('v4/b.yaml', version('four'));
  rmSync(join(one.root, 'triggers'), { recursive: true });
  relink(join(one.root, 'v3'), join(one.root, 'triggers'));
  await one.until((set) => tagOf(set, 'b') === 'three');
  relink(join(one.root, 'v4'), join(one.root, 'triggers'));
  await one.until((set) => tagOf(set, 'b') === 'four');
  writeFileSync(join(one.root, 'v4/b.yaml'), version('five'));
  await one.until((set) => tagOf(set, 'b') === 'five');
  // A link to nowhere is no file.
  rmSync(join(one.root, 'v4/b.yaml'));
  symlinkSync(join(one.root, 'nowhere.yaml'), join(one.root, 'v4/b.yaml'));
  await one.until((set) => set.triggers.size === 0);
});

test('openFiles() keeps the last good version of a file that cannot be read', async () => {
  await using opened = await testStore();
  await using one = await open(opened);
  const expectKept = (set: FileSet) => {
    expect(tagOf(set)).toBe('one');
    expect(set.faults).toMatchObject([{ path: 'triggers/a.yaml', lastGoodInForce: true }]);
    expect(set.faults[0]?.message).toContain('cannot be read');
  };
  symlinkSync(one.path, `${one.path}.loop`);
  renameSync(`${one.path}.loop`, one.path);
  await one.until((set) => set.faults.length > 0);
  expectKept(one.files.current());
  expectKept(await one.restart());
  unlinkSync(one.path);
  writeFileSync(one.path, version('two'));
  await one.until((set) => tagOf(set) === 'two' && set.faults.length === 0);
});

test.skipIf(asRoot)('openFiles() keeps the last good version of a file that its user may not read', async () => {
  await using opened = await testStore();
  await using one = await open(opened);
  chmodSync(one.path, 0);
  await one.until((set) => set.faults.length > 0);
  expect(tagOf(one.files.current())).toBe('one');
  chmodSync(one.path, 0o600);
  await one.until((set) => set.faults.length === 0);
});

test('openFiles() never drops a trigger whose files are written as fast as can be, with swap files beside them', async () => {
  await using opened = await testStore();
  await using one = await open(opened);
  for (let at = 0; at < 300; at += 1) {
    const swap = join(one.root, 'triggers', at % 2 === 0 ? '.a.yaml.swp' : '4913');
    writeFileSync(swap, version(`v${at}`));
    if (at % 3 === 0) writeFileSync(one.path, 'run: [');
    renameSync(swap, one.path);
    await sleep(5);
  }
  await one.until((set) => tagOf(set) === 'v299' && set.faults.length === 0);
  const numbers = one.sets.map((set) => Number(tagOf(set)?.slice(1) ?? Number.NaN));
  // In order, and at no time nothing.
  expect(numbers.every((number, at) => number >= (numbers[at - 1] ?? -1))).toBe(true);
  expect(one.sets.every((set) => set.triggers.size === 1)).toBe(true);
});

const breakings: Record<string, (text: string) => string | Buffer> = {
  'half of it': (text) => text.slice(0, text.indexOf('\nwhen:') + 4),
  nothing: () => '',
  'bytes that are no text': () => Buffer.from([0x7f, 0x45, 0xff, 0xfe]),
  'a wrong key': (text) => `${text}prioritty: high\n`,
};

test.each(Object.keys(breakings))(
  'openFiles() serves every kind of trigger after a restart with %s on disk',
  async (how) => {
    await using opened = await testStore();
    await storeSecret(opened.store, opened.personId, 'github-hook', 'a-secret-of-the-test');
    await storeSecret(opened.store, opened.personId, 'hosting-token', 'a-token-of-the-test');
    const texts = Object.fromEntries(
      readdirSync(examples).map((file) => [basename(file, '.yaml'), readFileSync(join(examples, file), 'utf8')]),
    );
    await using one = await open(opened, texts);
    const before = one.files.current();
    expect(before.faults).toEqual([]);
    expect([...new Set([...before.triggers.values()].map(kindOf))].sort()).toEqual([...triggerKinds].sort());
    for (const [name, text] of Object.entries(texts)) {
      writeFileSync(join(one.root, 'triggers', `${name}.yaml`), breakings[how]!(text));
    }
    for (const set of [await one.files.reload(), await one.restart(), await one.restart()]) {
      expect(new Set(set.faults.map((fault) => basename(fault.path, '.yaml')))).toEqual(new Set(Object.keys(texts)));
      expect(set.faults.every((fault) => fault.lastGoodInForce)).toBe(true);
      expect([...set.triggers]).toEqual([...before.triggers]);
    }
  },
);
