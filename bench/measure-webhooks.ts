import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { secretFor, signWebhook } from '../test/support/sign-webhook.ts';
import { readPorts } from '../workers/home/choose-ports.ts';
import { homePlaces } from '../workers/home/open-home.ts';
import { quantiles } from './quantiles.ts';
import type { BenchHome, EndedFire } from './steward-home.ts';

const trigger = 'bench-hook';
const hookFile = `run: noop
when: { webhook: { provider: standard, secret: ${secretFor('standard')}, perMinute: 100000 } }
`;
/** Requests in a second; the goal is a p99 of at most 200 ms at 200. */
const paces = [25, 50, 100, 200] as const;
const pacedSeconds = 10;
const atOnce = 16;
const closedLoopSeconds = 15;
/** Runs that are owed by then are counted instead of waited for. */
const drainWithinMs = 60_000;
const round = (value: number) => Math.round(value * 100) / 100;

interface Answered {
  readonly status: number;
  readonly ms: number;
}

/**
 * Webhooks of 1 KiB into a no-op flow, signed and each with its own id: answers one after the other, in a closed loop,
 * and paced. Beside it bare workflow starts on the same Temporal, which nothing takes up: no row, no proof, no run.
 */
export async function measureWebhooks(home: BenchHome, say: (words: string) => void) {
  home.write(`triggers/${trigger}.yaml`, hookFile);
  await sleep(3_000);
  const ports = readPorts(homePlaces(home.root).ports)!;
  using sender = makeSender(ports.api);
  for (let at = 0; at < 30; at++) await sender.send();
  await drained(home);

  say('bare workflow starts on the same server');
  const bare = await measureBareStarts(home, ports.temporal);
  say('webhooks one after the other');
  const idleCpuMsPerSecond = await idleCpu(home);
  const alone = await measureAlone(home, sender, idleCpuMsPerSecond);
  say(`webhooks in a closed loop, ${atOnce} at once`);
  const closedLoop = await measureClosedLoop(home, sender);
  const paced: Record<string, unknown> = {};
  for (const perSecond of paces) {
    say(`${perSecond} webhooks in a second`);
    paced[`${perSecond}/s`] = await measurePaced(home, sender, perSecond);
  }
  return {
    ...{ bareStart: bare, alone, closedLoop, paced },
    ratiosToBareStart: {
      answerP50: round(alone.answerMs.p50 / bare.startMs.p50),
      answerP99: round(alone.answerMs.p99 / bare.startMs.p99),
      /** The hook's with its run and ending, the start's without a run. */
      cpu: round(alone.cpuMsPerHook / bare.cpuMsPerStart),
    },
  };
}

async function measureAlone(home: BenchHome, sender: Sender, idleCpuMsPerSecond: number) {
  const before = home.cpuMs();
  const began = performance.now();
  const answers: Answered[] = [];
  for (let at = 0; at < 200; at++) answers.push(await sender.send());
  await drained(home);
  const seconds = (performance.now() - began) / 1000;
  return {
    ...summary(answers),
    /** All of Steward: API, worker, Temporal and Postgres, until the run has ended. */
    cpuMsPerHook: round((home.cpuMs() - before - idleCpuMsPerSecond * seconds) / answers.length),
    idleCpuMsPerSecond: round(idleCpuMsPerSecond),
  };
}

async function measureClosedLoop(home: BenchHome, sender: Sender) {
  const answers: Answered[] = [];
  const began = performance.now();
  const until = began + closedLoopSeconds * 1000;
  const loop = async () => {
    while (performance.now() < until) answers.push(await sender.send());
  };
  await Promise.all(Array.from({ length: atOnce }, loop));
  const answeredSeconds = (performance.now() - began) / 1000;
  const owed = await drained(home);
  const seconds = (performance.now() - began) / 1000;
  const good = answers.filter(({ status }) => status === 200).length;
  return {
    ...summary(answers),
    answersPerSecond: round(good / answeredSeconds),
    /** Until every run has ended: what can be kept up for ever. */
    runsPerSecond: round((good - owed) / seconds),
    owed,
  };
}

/** Sends when it is time, whether or not earlier ones are answered; a late answer counts from when it was due. */
async function measurePaced(home: BenchHome, sender: Sender, perSecond: number) {
  const began = performance.now();
  const answers: Promise<Answered>[] = [];
  for (let at = 0; at < perSecond * pacedSeconds; at++) {
    const dueAt = began + (at / perSecond) * 1000;
    const waitMs = dueAt - performance.now();
    if (waitMs > 1) await sleep(waitMs);
    answers.push(sender.send(dueAt));
  }
  const all = await Promise.all(answers);
  const answeredAt = performance.now();
  const owed = await drained(home);
  return { ...summary(all), drainSeconds: round((performance.now() - answeredAt) / 1000), owed };
}

export async function measureBareStarts(home: BenchHome, port: number) {
  const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
  try {
    const client = new Client({ connection, namespace: 'steward' });
    const start = async (at: number) => {
      const began = performance.now();
      await client.workflow.start('bare', {
        ...{ workflowId: `bare-${began}-${at}`, taskQueue: 'nobody', args: ['x'.repeat(1_000)] },
        workflowExecutionTimeout: '10m',
      });
      return performance.now() - began;
    };
    for (let at = 0; at < 30; at++) await start(at);
    const before = home.cpuMs();
    const waits: number[] = [];
    for (let at = 0; at < 200; at++) waits.push(await start(at));
    const cpuMsPerStart = round((home.cpuMs() - before) / waits.length);
    const began = performance.now();
    let started = 0;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (; performance.now() - began < 5_000; started++) await start(started);
      }),
    );
    const startsPerSecond = round(started / ((performance.now() - began) / 1000));
    return { startMs: withP99(waits), cpuMsPerStart, startsPerSecond };
  } finally {
    await connection.close();
  }
}

interface Sender extends Disposable {
  /** @param dueAt - when it should have been sent, as `performance.now()` counts */
  send(dueAt?: number): Promise<Answered>;
}

function makeSender(port: number): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: 512 });
  const secret = secretFor('standard');
  let made = 0;
  return {
    send: (dueAt = performance.now()) => {
      const id = `bench-${process.pid}-${Date.now()}-${made++}`;
      const body = Buffer.from(JSON.stringify({ type: 'bench', id, words: 'x'.repeat(950) }));
      const headers = {
        ...signWebhook('standard', { body, secret, at: new Date(), id }),
        'content-length': `${body.length}`,
      };
      return new Promise((resolve) => {
        const done = (status: number) => resolve({ status, ms: performance.now() - dueAt });
        const options = { agent, port, host: '127.0.0.1', method: 'POST', path: `/hooks/${trigger}`, headers };
        const call = request(options, (response) => {
          response.resume().once('end', () => done(response.statusCode ?? 0));
        });
        call.once('error', () => done(0));
        call.end(body);
      });
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

function summary(answers: readonly Answered[]) {
  const good = answers.filter(({ status }) => status === 200);
  return { answerMs: withP99(good.map(({ ms }) => round(ms))), failed: answers.length - good.length };
}

function withP99(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  const { p50, p95, n } = quantiles(values);
  return { p50: round(p50), p95: round(p95), p99: round(sorted[Math.ceil(sorted.length * 0.99) - 1]!), n };
}

/** Waits until every run has ended. @returns how many had not in the time there is, 500 at most */
async function drained(home: BenchHome): Promise<number> {
  for (const until = performance.now() + drainWithinMs; ; await sleep(100)) {
    const path = `/api/v1/fires?trigger=${trigger}&state=open&limit=500`;
    const { fires } = await home.api.get<{ fires: EndedFire[] }>(path);
    if (fires.length === 0 || performance.now() > until) return fires.length;
  }
}

async function idleCpu(home: BenchHome): Promise<number> {
  await sleep(2_000);
  const before = home.cpuMs();
  await sleep(10_000);
  return (home.cpuMs() - before) / 10;
}
