// - A save is in force without a restart; a broken one leaves the last good version in force, also over a restart.
// - What editors leave beside a file is nothing; what is deleted is gone; what cannot be listed is not deleted.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configFiles, events } from '../../../../schemas/db/records.ts';
import type { FileSet, Files } from '../../../../schemas/file-set.ts';
import { loadFilesOnce } from '../../../../store/files/load-files.ts';
import { openFiles } from '../../../../store/files/open-files.ts';
import { storeSecret } from '../../../../store/secrets/store-secret.ts';
import type { Store } from '../../../../store/store.ts';
import { type TestStore, testStore } from '../../../support/postgres.ts';

const good = (schedule = '0 8 * * *') =>
  `run: noop\nwhen: { schedule: "${schedule}", timezone: UTC }\nmissed: { policy: none }\n`;
const flows = () => new Set(['noop', 'emailDigest']);

interface Home extends AsyncDisposable {
  readonly root: string;
  readonly files: Files;
  readonly changes: FileSet[];
  write(path: string, text: string): void;
  /** Waits until the files in force satisfy a condition. */
  until(what: (set: FileSet) => boolean): Promise<void>;
  restart(): Promise<Files>;
}

async function home(opened: TestStore, first: Record<string, string> = {}, env: NodeJS.ProcessEnv = {}): Promise<Home> {
  const root = mkdtempSync(join(tmpdir(), 'home-'));
  const write = (path: string, text: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(first)) write(path, text);
  const open = (store: Store) =>
    openFiles({ home: root, store, log: { info() {}, warn() {} }, knownFlows: flows, env });
  const changes: FileSet[] = [];
  let files = await open(opened.store);
  files.onChange((set) => changes.push(set));
  return {
    root,
    changes,
    write,
    get files() {
      return files;
    },
    until: (what) => expect.poll(() => what(files.current()), { timeout: 15_000, interval: 20 }).toBe(true),
    restart: async () => {
      await files.close();
      files = await open(opened.store);
      return files;
    },
    [Symbol.asyncDispose]: async () => {
      await files.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

const scheduleOf = (set: FileSet, name: string) => {
  const when = set.triggers.get(name)?.when;
  return when !== undefined && 'schedule' in when ? when.schedule : undefined;
};

test('openFiles() takes up a save, an atomic rename, a new folder and a deletion by itself', async () => {
  await using opened = await testStore();
  await using one = await home(opened);
  one.write('triggers/a.yaml', good());
  await one.until((set) => scheduleOf(set, 'a') === '0 8 * * *');
  one.write('triggers/.a.yaml.tmp', good('0 9 * * *'));
  renameSync(join(one.root, 'triggers/.a.yaml.tmp'), join(one.root, 'triggers/a.yaml'));
  await one.until((set) => scheduleOf(set, 'a') === '0 9 * * *');
  unlinkSync(join(one.root, 'triggers/a.yaml'));
  await one.until((set) => set.triggers.size === 0);
  expect(one.changes).toHaveLength(3);
  // A deleted file has no last good version.
  expect(await opened.store.db.$count(configFiles)).toBe(0);
  const types = await opened.store.db.select({ type: events.type }).from(events);
  expect(types.map((event) => event.type).filter((type) => type.startsWith('file.'))).toEqual([
    'file.taken',
    'file.taken',
    'file.gone',
  ]);
});

test('openFiles() keeps the last good version of a broken file, also over a restart, until it is mended', async () => {
  await using opened = await testStore();
  await using one = await home(opened, { 'triggers/a.yaml': good(), 'triggers/b.yaml': good() });
  one.write('triggers/a.yaml', 'run: noop\nwhen: { schedul: "@daily" }\n');
  await one.until((set) => set.faults.length > 0);
  const expectKept = (set: FileSet) => {
    expect(scheduleOf(set, 'a')).toBe('0 8 * * *');
    expect(set.triggers.size).toBe(2);
    expect(set.faults[0]).toMatchObject({ path: 'triggers/a.yaml', line: 2, column: 9, lastGoodInForce: true });
  };
  expectKept(one.files.current());
  expectKept((await one.restart()).current());
  expectKept((await one.restart()).current());
  one.write('triggers/a.yaml', good('0 10 * * *'));
  await one.until((set) => set.faults.length === 0 && scheduleOf(set, 'a') === '0 10 * * *');
});

test('openFiles() serves nothing for a file that was never good', async () => {
  await using opened = await testStore();
  await using one = await home(opened, { 'triggers/a.yaml': 'run: nowhere\nwhen: { mail: {} }\n' });
  const set = one.files.current();
  expect(set.triggers.size).toBe(0);
  expect(set.faults[0]).toMatchObject({ line: 1, column: 6, lastGoodInForce: false });
  expect(set.faults[0]?.message).toBe('run is "nowhere", expected one of noop, emailDigest');
});

test('openFiles() shows the value of a broken file, and neither logs nor records it', async () => {
  await using opened = await testStore();
  const logged: object[] = [];
  const root = mkdtempSync(join(tmpdir(), 'home-'));
  mkdirSync(join(root, 'triggers'));
  writeFileSync(join(root, 'triggers/a.yaml'), `${good()}priority: canary\n`);
  const log = { info() {}, warn: (facts: object) => void logged.push(facts) };
  const files = await openFiles({ home: root, store: opened.store, log: log as never, knownFlows: flows, env: {} });
  await files.close();
  expect(files.current().faults[0]?.message).toContain('priority is "canary", expected one of urgent');
  const fault = 'priority is text, expected one of urgent, high, normal, low, background';
  expect(logged).toMatchObject([{ path: 'triggers/a.yaml', line: 4, column: 11, fault }]);
  const [row] = await opened.store.db.select().from(configFiles);
  expect(row?.fault).toEqual({ line: 4, column: 11, message: fault });
  rmSync(root, { recursive: true });
});

test('openFiles() resolves stored secrets and keeps them out of the record', async () => {
  await using opened = await testStore();
  await storeSecret(opened.store, opened.personId, 'pw', 'canary-secret');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference looks like this
  const imap = '{ host: h, user: u, password: "${secret:pw}" }';
  await using one = await home(opened, {
    'channels/home.yaml': `kind: mail\naddresses: [me@example.org]\nimap: ${imap}\nsmtp: { host: canary-host }\n`,
  });
  const channel = one.files.current().channels.get('home');
  expect(channel?.kind === 'mail' && channel.imap.password).toBe('canary-secret');
  const rows = await opened.store.db.select().from(configFiles);
  expect(Buffer.concat(rows.map((row) => row.goodText!)).toString('latin1')).not.toContain('canary');
  await storeSecret(opened.store, opened.personId, 'pw', 'another');
  const before = channel?.hash;
  expect((await one.files.reload()).channels.get('home')?.hash).not.toBe(before);
});

test('openFiles() looks past what editors leave, and at links', async () => {
  await using opened = await testStore();
  await using one = await home(opened, {
    'triggers/.a.yaml.swp': 'x',
    'triggers/a.yaml~': 'x',
    'triggers/#a.yaml#': 'x',
    'triggers/4913': '',
    'triggers/.#a.yaml': 'x',
    'elsewhere/real.yaml': good(),
  });
  expect(one.files.current()).toMatchObject({ faults: [] });
  symlinkSync(join(one.root, 'elsewhere/real.yaml'), join(one.root, 'triggers/linked.yaml'));
  await one.until((set) => set.triggers.has('linked'));
  one.write('elsewhere/real.yaml', good('30 9 * * *'));
  await one.until((set) => scheduleOf(set, 'linked') === '30 9 * * *');
});

test('openFiles() says of names, twins, owners and bytes that cannot be used what is wrong', async () => {
  await using opened = await testStore();
  await using one = await home(opened, {
    'triggers/my report.yaml': good(),
    'triggers/twin.yaml': good(),
    'triggers/twin.yml': good(),
    'triggers/other.yaml': `${good()}owner: bob\n`,
    [`triggers/${'x'.repeat(65)}.yaml`]: good(),
  });
  writeFileSync(join(one.root, 'triggers/bytes.yaml'), Buffer.from([0xff, 0xfe, 0x00]));
  const set = await one.files.reload();
  expect([...set.triggers.keys()]).toEqual(['twin']);
  const messages = Object.fromEntries(set.faults.map((fault) => [fault.path.slice(9, 15), fault.message]));
  expect(messages['my rep']).toContain('file’s name is not');
  expect(messages['twin.y']).toContain('is taken by triggers/twin.yaml');
  expect(messages['other.']).toBe('owner is "bob", expected me');
  expect(messages['bytes.']).toContain('not UTF-8');
  expect(messages.xxxxxx).toContain('file’s name is not');
});

test('openFiles() says of an `onFault` that no trigger has where it stands, and keeps the rest of the file in force', async () => {
  await using opened = await testStore();
  const services = (name: string) =>
    `health:\n  diskFreePercent: 7\n  services:\n    - { name: shop, url: "http://shop.example/", onFault: ${name} }\n`;
  await using one = await home(opened, { 'triggers/shop-down.yaml': good(), 'steward.yaml': services('shop-dwon') });
  const { faults, instance } = one.files.current();
  expect(faults).toMatchObject([{ kind: 'instance', path: 'steward.yaml', line: 4, lastGoodInForce: false }]);
  expect(faults[0]?.message).toContain('did you mean shop-down');
  expect(instance.health.diskFreePercent).toBe(7);
  one.write('steward.yaml', services('shop-down'));
  await one.until((set) => set.faults.length === 0);
  // A trigger that is deleted does not switch off the rest either, also over a restart.
  unlinkSync(join(one.root, 'triggers/shop-down.yaml'));
  await one.until((set) => set.faults.length === 1);
  expect((await one.restart()).current().instance.health.services).toHaveLength(1);
});

test('openFiles() keeps everything in force while the home is away', async () => {
  await using opened = await testStore();
  await using one = await home(opened, { 'triggers/a.yaml': good() });
  renameSync(one.root, `${one.root}-away`);
  await expect(one.files.reload()).rejects.toThrow();
  expect(one.files.current().triggers.size).toBe(1);
  renameSync(`${one.root}-away`, one.root);
  one.write('triggers/b.yaml', good());
  await one.until((set) => set.triggers.size === 2);
});

test('openFiles() tells of a changed flow file, whose name stays', async () => {
  await using opened = await testStore();
  await using one = await home(opened, { 'workflows/mine.ts': 'export {};\n' });
  one.write('workflows/mine.ts', 'export const a = 1;\n');
  await expect.poll(() => one.changes.length, { timeout: 15_000 }).toBe(1);
});

test('openFiles() takes up five hundred files saved at once, each in the version that was written last', async () => {
  await using opened = await testStore();
  await using one = await home(opened, { 'triggers/first.yaml': good() });
  for (let at = 0; at < 500; at++) one.write(`triggers/t${at}.yaml`, good(`${at % 60} 1 * * *`));
  for (let at = 0; at < 500; at += 7) one.write(`triggers/t${at}.yaml`, good(`${at % 60} 2 * * *`));
  await one.until((set) => set.triggers.size === 501 && scheduleOf(set, 't497') === `${497 % 60} 2 * * *`);
  await one.files.reload();
  expect(await opened.store.db.$count(configFiles)).toBe(501);
});

test('openFiles() takes away what an edit that was killed has left, and nothing else', async () => {
  await using opened = await testStore();
  const [old, young, other] = ['.a.yaml.0123456789ab.new', '.b.yml.0123456789ab.new', '.a.yaml.new'];
  const names = [old, young, other, 'a.yaml.0123456789ab.new', '.a.yaml.0123456789abc.new'] as const;
  await using one = await home(opened, Object.fromEntries(names.map((name) => [`triggers/${name}`, good()])));
  expect(readdirSync(join(one.root, 'triggers')).sort()).toEqual([...names].sort());
  const longAgo = new Date(Date.now() - 90_000);
  for (const name of names) if (name !== young) utimesSync(join(one.root, 'triggers', name), longAgo, longAgo);
  await one.restart();
  expect(readdirSync(join(one.root, 'triggers')).sort()).toEqual(names.filter((name) => name !== old).sort());
});

test('openFiles() answers an edit once it is in force, also where the store cannot keep it now', async () => {
  await using opened = await testStore();
  await using one = await home(opened);
  const { db } = opened.store;
  await db.execute('alter table config_files rename to config_files_away');
  const edited = await one.files.edits.write('a', good(), 'new', 'me');
  expect(edited).toMatchObject({ outcome: 'done', created: true });
  expect(scheduleOf(one.files.current(), 'a')).toBe('0 8 * * *');
  await db.execute('alter table config_files_away rename to config_files');
  await one.files.reload();
  expect(await db.$count(configFiles)).toBe(1);
});

test('loadFilesOnce() reads without a record, and takes an absent home for an empty one', () => {
  const root = mkdtempSync(join(tmpdir(), 'home-'));
  mkdirSync(join(root, 'triggers'));
  writeFileSync(join(root, 'triggers/a.yaml'), good());
  writeFileSync(join(root, 'triggers/b.yaml'), 'run: [');
  const set = loadFilesOnce(root, {}, flows);
  expect([...set.triggers.keys()]).toEqual(['a']);
  expect(set.faults).toMatchObject([{ path: 'triggers/b.yaml', lastGoodInForce: false }]);
  rmSync(root, { recursive: true });
  expect(loadFilesOnce(root, {}, flows)).toMatchObject({ faults: [], instance: { owner: { name: 'me' } } });
});
