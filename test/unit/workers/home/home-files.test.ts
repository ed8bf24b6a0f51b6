import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { editorSchema } from '../../../../schemas/editor-schemas.ts';
import { firableFlows } from '../../../../schemas/flows.ts';
import { triggerFile } from '../../../../schemas/trigger-file.ts';
import { loadFilesOnce } from '../../../../store/files/load-files.ts';
import { choosePorts, readPorts } from '../../../../workers/home/choose-ports.ts';
import { defaultTriggers } from '../../../../workers/home/default-triggers.ts';
import { initHome } from '../../../../workers/home/init-home.ts';
import { inspectProcess } from '../../../../workers/home/inspect-process.ts';
import { lockHolder, lockHome } from '../../../../workers/home/lock-home.ts';
import { openHome } from '../../../../workers/home/open-home.ts';
import { rotateLog } from '../../../../workers/home/rotate-log.ts';
import { asDiskFull } from '../../../../workers/home/write-file-whole.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'steward-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('choosePorts() remembers what it chose', async () => {
  const file = join(folder, 'ports.json');
  const first = await choosePorts(file, {}, false);
  expect(new Set(Object.values(first)).size).toBe(6);
  expect(await choosePorts(file, {}, false)).toEqual(first);
  expect(readPorts(file)).toEqual(first);
});

test('choosePorts() replaces a remembered port that somebody else has, and refuses a fixed one', async () => {
  const file = join(folder, 'ports.json');
  const first = await choosePorts(file, {}, false);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(first.api, '127.0.0.1', resolve));
  const second = await choosePorts(file, {}, false);
  expect(second).toEqual({ ...first, api: second.api });
  expect(second.api).not.toBe(first.api);
  await expect(choosePorts(file, { api: first.api }, false)).rejects.toMatchObject({
    code: 'portTaken',
    message: expect.stringContaining(String(first.api)),
  });
  server.close();
});

test('lockHome() is refused while its holder lives, and is free after it was let go', () => {
  const home = openHome(join(folder, 'home'));
  const unlock = lockHome(home);
  expect(() => lockHome(home)).toThrow(`as process ${process.pid}`);
  unlock();
  expect(lockHolder(home)).toBeUndefined();
  lockHome(home)();
});

test.each([
  ['a dead process', { pid: 4_194_000 }],
  ['a process that was started later under the same number', { startTicks: '1' }],
  ['a boot before this one', { boot: 'another' }],
])('lockHome() takes over the lock of %s', (_whose, change) => {
  const home = openHome(join(folder, 'home'));
  lockHome(home);
  const mine = JSON.parse(readFileSync(home.lock, 'utf8')) as object;
  writeFileSync(home.lock, JSON.stringify({ ...mine, ...change }));
  expect(lockHolder(home)).toBeUndefined();
  lockHome(home);
  expect(lockHolder(home)?.pid).toBe(process.pid);
});

test('lockHome() takes over a lock that a power cut left empty', () => {
  const home = openHome(join(folder, 'home'));
  writeFileSync(home.lock, '');
  lockHome(home);
  expect(lockHolder(home)?.pid).toBe(process.pid);
});

test('openHome() closes its data to others, and refuses a home from a newer version', () => {
  const home = openHome(join(folder, 'home'));
  expect(statSync(home.data).mode & 0o777).toBe(0o700);
  writeFileSync(join(home.data, 'home.json'), '{"version":2}');
  expect(() => openHome(home.root)).toThrow(expect.objectContaining({ code: 'homeNewer' }));
});

test('openHome() says what is in the way when the home is a file', () => {
  writeFileSync(join(folder, 'home'), '');
  expect(() => openHome(join(folder, 'home'))).toThrow(expect.objectContaining({ code: 'badInput' }));
});

test('asDiskFull() names the file of a write that did not fit', () => {
  symlinkSync('/dev/full', join(folder, 'full'));
  try {
    writeFileSync(join(folder, 'full'), 'x');
    expect.unreachable();
  } catch (cause) {
    expect(asDiskFull(cause, 'data/ports.json')).toMatchObject({
      code: 'diskFull',
      message: 'Cannot write data/ports.json: no space is left on the disk',
    });
  }
});

test('rotateLog() turns a log over beyond its limit and leaves one at the limit alone', () => {
  const log = join(folder, 'a.log');
  writeFileSync(log, 'x'.repeat(10));
  rotateLog(log, 10);
  expect(statSync(log).size).toBe(10);
  writeFileSync(log, 'x'.repeat(11));
  rotateLog(log, 10);
  expect(statSync(log).size).toBe(0);
  expect(statSync(`${log}.1`).size).toBe(11);
});

test('inspectProcess() finds this process and no other under its number', () => {
  expect(inspectProcess(process.pid)?.startTicks).toMatch(/^\d+$/);
  expect(inspectProcess(0)).toBeUndefined();
  expect(inspectProcess(4_194_000)).toBeUndefined();
});

test.each(Object.entries(defaultTriggers))('the default trigger %s keeps to the schema', (_name, text) => {
  expect(triggerFile.safeParse(parse(text)).error).toBeUndefined();
});

test('initHome() writes schemas for editors, anew where they are old, and the files never see them', () => {
  const root = join(folder, 'home');
  initHome(root);
  const path = join(root, '.schemas', 'trigger.json');
  const text = readFileSync(path, 'utf8');
  expect(JSON.parse(text)).toEqual(editorSchema('trigger'));
  const before = statSync(path).mtimeMs;
  writeFileSync(join(root, '.schemas', 'channel.json'), '{}');
  initHome(root);
  expect(statSync(path).mtimeMs).toBe(before);
  expect(JSON.parse(readFileSync(join(root, '.schemas', 'channel.json'), 'utf8'))).toEqual(editorSchema('channel'));
  mkdirSync(join(root, 'triggers', '.schemas'));
  writeFileSync(join(root, 'triggers', '.schemas', 'trigger.yaml'), 'run: [');
  const set = loadFilesOnce(root, {}, () => new Set(firableFlows));
  expect(set.faults).toEqual([]);
  expect([...set.triggers.keys()]).toEqual(['email-digest', 'health-check', 'morning-report', 'nightly-review']);
});
