// - A server with our settings is found to obey priority and fairness, one without them to ignore both.
// - Nothing that was started to find out is left.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { checkOrder } from '../../../cli/check-order.ts';
import { findTemporal } from '../../../workers/home/find-temporal.ts';
import { freePorts } from '../../../workers/home/free-port.ts';
import { type TestTemporal, temporal } from '../../support/temporal.ts';

let tuned: TestTemporal;
let stock: { address: string; connection: Connection; child: ChildProcess };
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'order-'));
  tuned = await temporal();
  stock = await startStock();
}, 90_000);
afterAll(async () => {
  await stock.connection.close();
  stock.child.kill();
  await tuned[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** A dev server as its makers ship it, with one partition, so that an order could be told. */
async function startStock() {
  const [port, httpPort, metricsPort] = (await freePorts(3)) as [number, number, number];
  const args = ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--namespace', 'steward'];
  const ports = ['--port', `${port}`, '--http-port', `${httpPort}`, '--metrics-port', `${metricsPort}`];
  const config = ['Read', 'Write'].flatMap((one) => [
    ...['--dynamic-config-value', `matching.numTaskqueue${one}Partitions=1`],
  ]);
  const program = await findTemporal(process.env, console.error);
  const child = spawn(program, [...args, ...ports, ...config], { stdio: 'ignore' });
  const address = `127.0.0.1:${port}`;
  const connection = await vi.waitFor(
    async () => {
      const made = await Connection.connect({ address, connectTimeout: 1_000 });
      await made.workflowService.describeNamespace({ namespace: 'steward' });
      return made;
    },
    { timeout: 60_000, interval: 250 },
  );
  return { address, connection, child };
}

const look = (what: 'priority' | 'fairness', address: string) =>
  checkOrder(what, { ports: join(folder, 'ports.json') }, { TEMPORAL_ADDRESS: address });

test('checkOrder() finds a server with our settings to obey both, also by the ports of a home', async () => {
  expect(await look('priority', tuned.address)).toEqual({
    ...{ state: 'ok', found: expect.stringMatching(/^urgent work was handed out as number \d+ of 61$/) },
  });
  const fair = await look('fairness', tuned.address);
  expect(fair).toMatchObject({ state: 'ok' });
  writeFileSync(join(folder, 'ports.json'), JSON.stringify({ temporal: Number(tuned.address.split(':')[1]) }));
  expect(await checkOrder('priority', { ports: join(folder, 'ports.json') }, {})).toMatchObject({ state: 'ok' });
});

test('checkOrder() finds a server without them to ignore both', async () => {
  expect(await look('priority', stock.address)).toEqual({
    ...{ state: 'fail', found: 'urgent work waits behind low work' },
  });
  expect(await look('fairness', stock.address)).toEqual({
    ...{ state: 'fail', found: 'a trigger waits behind the flood of another one' },
  });
});

test('checkOrder() leaves nothing behind, and says so where no server answers', async () => {
  await look('priority', stock.address);
  const client = new Client({ connection: stock.connection, namespace: 'steward' });
  await vi.waitFor(async () => expect((await client.workflow.count()).count).toBe(0), {
    ...{ timeout: 30_000, interval: 250 },
  });
  const [nobody] = await freePorts(1);
  const away = await look('priority', `127.0.0.1:${nobody}`);
  expect(away).toMatchObject({ state: 'skip', found: expect.stringContaining('could not be measured') });
}, 60_000);
