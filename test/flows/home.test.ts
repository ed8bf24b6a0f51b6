import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { expect, test } from 'vitest';
import { processesMarked } from '../../workers/home/find-processes.ts';
import { findUser } from '../../workers/home/system-user.ts';
import { type TestHome, testHome } from '../support/home.ts';

/*
 * What the embedded home promises: whatever is killed comes back, and what was stored is still there; whatever is in
 * the way is said in one sentence, and nothing is damaged by it.
 */

const root = process.getuid?.() === 0;

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Leaves a row and a run behind, and gives a check that both are still there. */
async function leaveTraces(home: TestHome): Promise<() => Promise<void>> {
  const given = await home.given();
  await query(given.DATABASE_URL, 'create table trace (n int); insert into trace values (7)');
  const connection = await Connection.connect({ address: given.TEMPORAL_ADDRESS });
  const client = new Client({ connection, namespace: given.TEMPORAL_NAMESPACE });
  await client.workflow.start('nobody', { taskQueue: 'none', workflowId: 'trace' });
  await connection.close();
  return async () => {
    const now = await home.given();
    expect(await query(now.DATABASE_URL, 'select n from trace')).toEqual([{ n: 7 }]);
    const again = await Connection.connect({ address: now.TEMPORAL_ADDRESS });
    const found = await new Client({ connection: again, namespace: 'steward' }).workflow.getHandle('trace').describe();
    expect(found.status.name).toBe('RUNNING');
    await again.close();
  };
}

test('up --detach starts a home, and each part that is killed comes back with its data', async () => {
  await using home = await testHome();
  const up = await home.steward('up', '--detach');
  expect(up).toMatchObject({ code: 0 });
  expect(up.out).toContain(home.root);
  const check = await leaveTraces(home);
  for (const part of ['postgres', 'temporal', 'steward']) {
    const pid = home.pidOf(part);
    process.kill(pid, 'SIGKILL');
    await home.back(part, pid);
    await check();
  }
  const { parts } = home.state();
  expect(parts.map((part) => part.restarts)).toEqual([1, 1, 1]);
});

test('up takes over a home whose supervisor was killed, and ends what that one left running', async () => {
  await using home = await testHome();
  await home.steward('up', '--detach');
  const check = await leaveTraces(home);
  const before = home.state();
  process.kill(before.pid, 'SIGKILL');
  expect((await home.steward('status')).code).toBe(3);
  expect((await home.steward('up', '--detach')).code).toBe(0);
  await check();
  const after = home.state();
  expect(after.parts.map((part) => part.state)).toEqual(['ready', 'ready', 'ready']);
  expect(processesMarked(`STEWARD_PART=${home.root}/data:temporal`)).toEqual([home.pidOf('temporal')]);
});

test('up takes over when everything was killed at once', async () => {
  await using home = await testHome();
  await home.steward('up', '--detach');
  const check = await leaveTraces(home);
  const { pid, parts } = home.state();
  for (const each of [pid, ...parts.map((part) => part.pid as number)]) process.kill(each, 'SIGKILL');
  expect((await home.steward('up', '--detach')).code).toBe(0);
  await check();
});

test('down ends what a killed supervisor left, and a second up is told of the first', async () => {
  await using home = await testHome();
  await home.steward('up', '--detach');
  const second = await home.steward('up', '--detach');
  expect(second).toMatchObject({ code: 1, out: '' });
  expect(second.err).toContain(`as process ${home.state().pid}`);
  process.kill(home.state().pid, 'SIGKILL');
  const down = await home.steward('down', '--json');
  expect(JSON.parse(down.out)).toMatchObject({ orphans: ['steward', 'temporal', 'postgres'] });
  expect(await home.steward('down')).toMatchObject({ code: 3 });
});

test('up refuses a home from a newer version and leaves it as it is', async () => {
  await using home = await testHome();
  await home.steward('init');
  writeFileSync(join(home.root, 'data', 'home.json'), '{"version":99}\n');
  const files = readdirSync(join(home.root, 'data'));
  const up = await home.steward('up', '--detach');
  expect(up.code).toBe(1);
  expect(up.err).toContain('has version 99, this Steward reads up to 1');
  expect(readdirSync(join(home.root, 'data'))).toEqual(files);
});

test('up names the port that steward.yaml fixes and that somebody else has', async () => {
  await using home = await testHome();
  await home.steward('init');
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  writeFileSync(join(home.root, 'steward.yaml'), `home: { ports: { temporal: ${port} } }\n`);
  const up = await home.steward('up', '--detach');
  server.close();
  expect(up.code).toBe(1);
  expect(up.err).toContain(`Port ${port}, which steward.yaml names as home.ports.temporal, is taken`);
});

test.runIf(root)('up serves an ordinary user, with everything inside the home', async () => {
  const nobody = findUser('nobody');
  await using home = await testHome({ user: { uid: nobody?.uid ?? 65534, gid: nobody?.gid ?? 65534 } });
  expect(await home.steward('up', '--detach')).toMatchObject({ code: 0 });
  const check = await leaveTraces(home);
  expect(existsSync(join(home.root, 'data', 'postgres', 'cluster', 'PG_VERSION'))).toBe(true);
  expect(statSync(join(home.root, 'data')).mode & 0o777).toBe(0o700);
  const pid = home.pidOf('postgres');
  process.kill(pid, 'SIGKILL');
  await home.back('postgres', pid);
  await check();
  expect((await home.steward('down')).code).toBe(0);
});

test.runIf(root)('up as root works in a home that no other user may enter', async () => {
  await using home = await testHome();
  mkdirSync(home.root, { recursive: true });
  chmodSync(join(home.root, '..'), 0o700);
  expect(await home.steward('up', '--detach')).toMatchObject({ code: 0 });
  const { directory } = JSON.parse(readFileSync(join(home.root, 'data', 'cluster.json'), 'utf8'));
  expect(directory).toMatch(/^\/var\/lib\/steward\//);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

test('init writes keys and triggers once, closed to others, and never again', async () => {
  await using home = await testHome();
  const first = JSON.parse((await home.steward('init', '--json')).out) as { made: string[] };
  expect(first.made).toContain('triggers/morning-report.yaml');
  for (const name of ['root-key', 'api-token']) {
    expect(statSync(join(home.root, 'data', name)).mode & 0o777).toBe(0o600);
  }
  writeFileSync(join(home.root, 'triggers', 'morning-report.yaml'), 'mine');
  expect(JSON.parse((await home.steward('init', '--json')).out)).toMatchObject({ made: [] });
  expect(readFileSync(join(home.root, 'triggers', 'morning-report.yaml'), 'utf8')).toBe('mine');
});
