import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { StewardError } from '../../../../schemas/errors.ts';
import { archiveName, checksumOf } from '../../../../workers/home/download-temporal.ts';
import { inspectProcess } from '../../../../workers/home/inspect-process.ts';
import { spawnPart } from '../../../../workers/home/spawn-part.ts';
import { postgresArguments, postgresUrl } from '../../../../workers/home/start-postgres.ts';
import { temporalArguments } from '../../../../workers/home/start-temporal.ts';
import { type Part, retryDelay, supervise } from '../../../../workers/home/supervise.ts';
import { findUser } from '../../../../workers/home/system-user.ts';

const sleeper = (name: string, started: string[], script = 'setInterval(() => 0, 1000)'): Part => ({
  name,
  logFile: '/dev/null',
  graceMs: 2_000,
  start: () => {
    started.push(name);
    return spawnPart({
      ...{ name, command: process.execPath, args: ['-e', script], env: {} },
      ...{ logFile: '/dev/null', stopSignal: 'SIGTERM' },
    });
  },
});

test('supervise() starts in order, brings back what was killed, and ends all of it', async () => {
  const started: string[] = [];
  const parts = supervise([sleeper('first', started), sleeper('second', started)], () => undefined);
  await parts.ready;
  expect(started).toEqual(['first', 'second']);
  const pid = parts.states()[0]?.pid as number;
  process.kill(pid, 'SIGKILL');
  while (parts.states()[0]?.restarts !== 1 || parts.states()[0]?.state !== 'ready')
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(parts.states()[0]).toMatchObject({ reason: 'first ended by SIGKILL' });
  const pids = parts.states().map((part) => part.pid as number);
  await parts.stop();
  expect(pids.map(inspectProcess)).toEqual([undefined, undefined]);
  expect(parts.states().map((part) => part.state)).toEqual(['stopped', 'stopped']);
});

test('supervise() kills a part that does not heed its signal', async () => {
  const deaf = { ...sleeper('deaf', [], "process.on('SIGTERM', () => 0); setInterval(() => 0, 1000)"), graceMs: 100 };
  const parts = supervise([deaf], () => undefined);
  await parts.ready;
  const pid = parts.states()[0]?.pid as number;
  await parts.stop();
  expect(inspectProcess(pid)).toBeUndefined();
});

test('supervise() gives up a start that only a person can help', async () => {
  const part = { ...sleeper('x', []), start: () => Promise.reject(new StewardError('keyMissing', 'No key')) };
  const parts = supervise([part], () => undefined);
  await expect(parts.ready).rejects.toMatchObject({ code: 'keyMissing' });
  await parts.stop();
});

test('retryDelay() doubles to thirty seconds, and half of it is random', () => {
  expect([1, 2, 3].map((failures) => retryDelay(failures, 1))).toEqual([250, 500, 1000]);
  expect(retryDelay(1, 0)).toBe(125);
  expect(retryDelay(99, 1)).toBe(30_000);
});

test('spawnPart() names the program that cannot be started', async () => {
  const part = { name: 'temporal', command: '/nowhere', args: [], env: {}, logFile: '/dev/null' };
  await expect(spawnPart({ ...part, stopSignal: 'SIGTERM' })).rejects.toThrow(/Cannot start temporal: .*ENOENT/);
});

test('spawnPart() appends to the log file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'steward-spawn-'));
  const logFile = join(folder, 'a.log');
  const { readFileSync } = await import('node:fs');
  for (const word of ['one', 'two']) {
    const part = { name: word, command: process.execPath, args: ['-e', `console.log('${word}')`], env: {}, logFile };
    await (await spawnPart({ ...part, stopSignal: 'SIGTERM' })).ended;
  }
  expect(readFileSync(logFile, 'utf8')).toBe('one\ntwo\n');
  rmSync(folder, { recursive: true });
});

test('temporalArguments() keeps every listener on loopback and every start on disk', () => {
  const settings = { program: 't', port: 1, httpPort: 2, metricsPort: 3, namespace: 'n', logFile: 'l', mark: 'm' };
  const bare = temporalArguments(settings).join(' ');
  expect(bare).toContain('--ip 127.0.0.1');
  expect(bare).toContain('--headless');
  expect(bare).not.toContain('--db-filename');
  const full = temporalArguments({ ...settings, uiPort: 4, dbFile: '/d', codecEndpoint: 'http://c' }).join(' ');
  expect(full).toContain('--ui-ip 127.0.0.1 --ui-port 4 --ui-codec-endpoint http://c');
  expect(full).toContain('--db-filename /d --sqlite-pragma journal_mode=WAL --sqlite-pragma synchronous=FULL');
});

test('postgresArguments() listens on loopback only, and gives up durability only for tests', () => {
  const all = postgresArguments({ directory: '/d', port: 5 });
  expect(all).toContain('listen_addresses=127.0.0.1');
  expect(all).toContain('unix_socket_directories=');
  expect(all).toContain('synchronous_commit=on');
  expect(all).not.toContain('fsync=off');
  expect(postgresArguments({ directory: '/d', port: 5, disposable: true })).toContain('fsync=off');
});

test('postgresUrl() escapes the password', () => {
  expect(postgresUrl({ port: 5, password: 'a/b@c' })).toBe('postgres://steward:a%2Fb%40c@127.0.0.1:5/steward');
});

test('checksumOf() reads one line of a list, and nothing of another name', () => {
  const sum = 'a'.repeat(64);
  expect(checksumOf(`${'b'.repeat(64)}  x.tar.gz.sig\n${sum}  x.tar.gz\n`, 'x.tar.gz')).toBe(sum);
  expect(checksumOf(`${sum}  y.tar.gz\n`, 'x.tar.gz')).toBeUndefined();
  expect(checksumOf('short  x.tar.gz\n', 'x.tar.gz')).toBeUndefined();
});

test('archiveName() knows the platforms that have a release', () => {
  expect(archiveName('1.5.1', 'linux', 'x64')).toBe('temporal_cli_1.5.1_linux_amd64.tar.gz');
  expect(archiveName('1.5.1', 'linux', 'riscv64')).toBeUndefined();
});

test('findUser() reads one line of passwd', () => {
  const text = 'root:x:0:0::/root:/bin/sh\npostgres:x:101:104::/var/lib/postgresql:/bin/bash\n';
  expect(findUser('postgres', text)).toEqual({ name: 'postgres', uid: 101, gid: 104 });
  expect(findUser('steward', text)).toBeUndefined();
});
