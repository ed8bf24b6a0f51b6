import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { makeAnswerCache } from '../activities/models/answer-cache.ts';
import { makeAskModel } from '../activities/models/ask-models.ts';
import { makeMeter } from '../activities/models/meter.ts';
import { makeModelHealth } from '../activities/models/model-health.ts';
import { makeModelSight } from '../activities/models/model-sight.ts';
import { makeRecogniser } from '../activities/models/recogniser.ts';
import type { FileSet } from '../schemas/file-set.ts';
import { modelsFile } from '../schemas/models-file.ts';
import { inProcessHotTier } from '../store/hot/in-process.ts';
import { setup } from '../test/support/global-setup.ts';
import { type TestStore, testStore } from '../test/support/postgres.ts';
import { noRedis, redisServer } from '../test/support/redis-server.ts';
import { measureIntents } from './measure-intents.ts';

const inFlight = 50;
const calls = 2_000;
/** What an answer takes. At 50 in flight the first asks for 1,000 calls a second, the second for 100. */
const delayMs = 50;
const unhurriedMs = 500;
const bursts = 1_000;
const burst = 20;

/** What the router adds to a bare client, what a question costs that was asked before, and how exactly a limit is kept. */
export async function measureModels(say: (words: string) => void) {
  const end = await setup();
  try {
    await using opened = await testStore();
    say(`${calls} calls by a bare client and by the router, ${inFlight} in flight`);
    const overhead = await measureOverhead(opened, delayMs);
    say('the same with answers that take longer, so that the bare client alone does not fill a core');
    const unhurried = await measureOverhead(opened, unhurriedMs);
    say(`${bursts} bursts of ${burst} equal questions at once, then each once more`);
    const cache = await measureCache(opened);
    say('10,000 calls of three workers against one limit');
    const rate = await measureRate(opened);
    const rateOnRedis = await measureRateOnRedis(opened, say);
    return { overhead, unhurried, cache, rate, rateOnRedis, intents: measureIntents() };
  } finally {
    await end();
  }
}

interface FarSide extends AsyncDisposable {
  readonly endpoint: string;
  /** Questions that came. */
  asked(): Promise<number>;
}

async function startFarSide(answerMs: number): Promise<FarSide> {
  const script = fileURLToPath(new URL('model-far-side.ts', import.meta.url));
  const far = spawn(process.execPath, [script, String(answerMs)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(far.stdout, 'data')) as [Buffer];
  const origin = `http://127.0.0.1:${Number(line.toString())}`;
  return {
    endpoint: `${origin}/v1`,
    asked: async () => Number(await (await fetch(origin)).text()),
    [Symbol.asyncDispose]: async () => void far.kill(),
  };
}

function routerOver({ store }: TestStore, endpoint: string) {
  const models = modelsFile.parse({ models: [{ name: 'm', type: 'remote', endpoint }] });
  const { clock } = store;
  const log = pino({ level: 'warn' }, pino.destination(2));
  const meter = makeMeter({ store, log });
  const hot = inProcessHotTier(clock);
  const askModel = makeAskModel({
    ...{ clock, meter, log, sight: makeModelSight(store), health: makeModelHealth(hot, clock) },
    recogniser: makeRecogniser(store),
    cache: makeAnswerCache({ store, hot, log }),
    files: { current: () => ({ models }) as FileSet },
  });
  return { askModel, meter };
}

async function measureCache(opened: TestStore) {
  await using far = await startFarSide(delayMs);
  const { askModel, meter } = routerOver(opened, far.endpoint);
  const ask = (nth: number) =>
    askModel({
      messages: [{ role: 'user', content: `What is number ${nth}?` }],
      ...{ tools: [], maxOutputTokens: 100, temperature: 0, for: { personId: opened.personId, purpose: 'test' } },
    });
  const nths = Array.from({ length: bursts }, (_, nth) => nth);
  for (const nth of nths) await Promise.all(Array.from({ length: burst }, () => ask(nth)));
  const askedTwice = (await far.asked()) - bursts;
  const times: number[] = [];
  for (const nth of nths) {
    const began = performance.now();
    await ask(nth);
    times.push(performance.now() - began);
  }
  await meter.idle();
  return {
    bursts,
    burst,
    askedTwice,
    askedAgain: (await far.asked()) - bursts - askedTwice,
    hitMs: quantilesOf(times),
  };
}

async function measureOverhead(opened: TestStore, answerMs: number) {
  const { personId } = opened;
  await using far = await startFarSide(answerMs);
  const { endpoint } = far;
  const { askModel, meter } = routerOver(opened, endpoint);
  const { default: OpenAI } = await import('openai');
  const client = new OpenAI({ baseURL: endpoint, apiKey: 'none', maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: 'What is it?' }];
  const bare = async () => {
    const stream = await client.chat.completions.create({
      ...{ model: 'm', messages, stream: true, stream_options: { include_usage: true }, max_completion_tokens: 100 },
    });
    for await (const _ of stream);
  };
  const routed = async () => {
    await askModel({ messages, tools: [], maxOutputTokens: 100, for: { personId, purpose: 'test' } });
  };
  for (const warm of [bare, routed]) await many(warm, 200);
  const times = { bare: [] as number[], routed: [] as number[] };
  // In turns, so that a slow second of the machine is one of both.
  for (let turn = 0; turn < 10; turn += 1) {
    times.bare.push(...(await many(bare, calls / 10)));
    times.routed.push(...(await many(routed, calls / 10)));
    await meter.idle();
  }
  const [one, other] = [quantilesOf(times.bare), quantilesOf(times.routed)];
  return {
    ...{ answerMs, inFlight, bareMs: one, routedMs: other },
    addedMs: { p50: round(other.p50 - one.p50), p99: round(other.p99 - one.p99) },
  };
}

/** @returns what each took, milliseconds */
async function many(ask: () => Promise<void>, count: number): Promise<number[]> {
  const times: number[] = [];
  let left = count;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      const began = performance.now();
      await ask();
      times.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  return times;
}

const round = (ms: number) => Math.round(ms * 100) / 100;
function quantilesOf(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q: number) => round(sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!);
  return { p50: at(0.5), p99: at(0.99), n: sorted.length };
}

const workers = 3;
const perMinute = 6_000;
const windowMs = 60_000;

async function measureRateOnRedis(opened: TestStore, say: (words: string) => void) {
  if (noRedis !== undefined) {
    say(`skipped: the same on Redis, ${noRedis}`);
    return { skipped: noRedis };
  }
  say('the same on Redis');
  await using server = await redisServer();
  return await measureRate(opened, server.url);
}

/** The most that went through in any minute, and how much of the limit was used while all had work. */
async function measureRate({ url, personId }: TestStore, redisUrl?: string) {
  const script = fileURLToPath(new URL('rate-worker.ts', import.meta.url));
  const began = performance.now();
  const outputs = await Promise.all(
    Array.from({ length: workers }, (_, at) => {
      const own = Math.floor(10_000 / workers) + (at === 0 ? 10_000 % workers : 0);
      const args = [
        script,
        url,
        personId,
        String(own),
        String(perMinute),
        ...(redisUrl === undefined ? [] : [redisUrl]),
      ];
      return promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1_048_576 });
    }),
  );
  const passed = outputs.flatMap(({ stdout }) => JSON.parse(stdout) as number[]).sort((a, b) => a - b);
  let most = 0;
  for (let from = 0, to = 0; to < passed.length; to += 1) {
    while (passed[to]! - passed[from]! >= windowMs) from += 1;
    most = Math.max(most, to - from + 1);
  }
  const lastedMs = passed.at(-1)! - passed[0]!;
  const used = passed.length / ((lastedMs / windowMs) * perMinute);
  return {
    ...{ workers, calls: passed.length, perMinute, mostInAnyMinute: most, used: Math.round(used * 1_000) / 1_000 },
    seconds: Math.round((performance.now() - began) / 1_000),
  };
}
