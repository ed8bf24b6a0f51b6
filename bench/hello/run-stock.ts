/** Runs hello workflows one after the other against a stock server; prints one JSON line. Usage: ADDRESS SERVER_PID RUNS */
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { cpuMsOf } from '../pss.ts';
import { quantiles } from '../quantiles.ts';

const [address, serverPid, runs] = process.argv.slice(2);
if (address === undefined || serverPid === undefined)
  throw new TypeError('usage: run-stock.ts ADDRESS SERVER_PID RUNS');

const nowMs = () => performance.timeOrigin + performance.now();
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue: 'hello',
  workflowsPath: fileURLToPath(new URL('./workflow.ts', import.meta.url)),
  activities: { greet: ({ acceptedMs }: { acceptedMs: number }) => Promise.resolve(nowMs() - acceptedMs) },
});
const client = new Client({ connection: await Connection.connect({ address }) });

await worker.runUntil(async () => {
  const one = async (at: number) => {
    const acceptedMs = nowMs();
    const toFirstActivity = await client.workflow.execute('hello', {
      workflowId: `hello-${process.pid}-${at}`,
      taskQueue: 'hello',
      args: [{ acceptedMs }],
    });
    return { toFirstActivity: toFirstActivity as number, whole: nowMs() - acceptedMs };
  };
  const n = Number(runs ?? 100);
  for (let at = 0; at < 20; at++) await one(at);
  const cpuBefore = { node: process.cpuUsage(), server: cpuMsOf([Number(serverPid)]) };
  const results = [];
  for (let at = 0; at < n; at++) results.push(await one(1_000 + at));
  const node = process.cpuUsage(cpuBefore.node);
  process.stdout.write(
    `${JSON.stringify({
      toFirstActivityMs: quantiles(results.map((r) => r.toFirstActivity)),
      wholeMs: quantiles(results.map((r) => r.whole)),
      cpuMsPerRun: {
        node: (node.user + node.system) / 1_000 / n,
        server: (cpuMsOf([Number(serverPid)]) - cpuBefore.server) / n,
      },
    })}\n`,
  );
});
await connection.close();
process.exit(0);
