/**
 * A seeded campaign of SIGKILLs against a whole Steward while webhooks arrive:
 * `npm run chaos -- --scenario webhooks --seed 1 --kills 50 --pairs 1000 [--keep] [--resume HOME] [--now 10]`. Every pair is one
 * delivery that is sent before a kill and again after it; beside them go single deliveries that are never repeated once
 * they were answered 2xx. Exits 1 where a delivery became other than one fire and one run, where an answered one was
 * lost, or where a sender was told to give up (4xx). With --resume it goes on in a home that was kept, after the last
 * kill that was finished; --now is how many kills there are before it stops and keeps its home.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { secretFor, signWebhook } from '../support/sign-webhook.ts';
import { chaosHome, type Part } from './chaos-home.ts';
import { type HookRecord, hooksAtRest, judgeHooks } from './judge-hooks.ts';
import { seeded } from './kill-plan.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '50' },
    pairs: { type: 'string', default: '1000' },
    keep: { type: 'boolean', default: false },
    resume: { type: 'string' },
    now: { type: 'string', default: '100000' },
  },
});
const seed = Number(values.seed);
const kills = Number(values.kills);
const now = Number(values.now);
const pairs = Number(values.pairs);
const singlesPerKill = 5;
const senders = 5;
const restWithinMs = 10 * 60_000;
const providers = ['standard', 'github'] as const;
const parts: readonly Part[] = ['steward', 'temporal', 'postgres'];
const hookFile = (provider: string, secret: string) => `run: noop
when: { webhook: { provider: ${provider}, secret: ${secret}, perMinute: 100000 } }
`;

interface Campaign {
  readonly seed: number;
  round: number;
  readonly killed: Record<Part, number>;
  /** Status of every answer, 0 for none. */
  readonly answers: Record<string, number>;
  readonly records: HookRecord[];
}

const say = (words: string) => process.stderr.write(`${words}\n`);
say(`seed ${seed}: starting Steward`);
await using world = chaosHome({
  files: Object.fromEntries(providers.map((one) => [`triggers/${one}.yaml`, hookFile(one, secretFor(one))])),
  keep: values.keep || values.resume !== undefined || now < kills,
  ...(values.resume === undefined ? {} : { root: values.resume }),
});
const notes = join(world.home, 'campaign.json');
const campaign: Campaign = existsSync(notes)
  ? (JSON.parse(readFileSync(notes, 'utf8')) as Campaign)
  : { seed, round: 0, killed: { steward: 0, temporal: 0, postgres: 0 }, answers: {}, records: [] };
if (campaign.seed !== seed) throw new TypeError(`The home was begun with seed ${campaign.seed}`);

const began = performance.now();
const stopAt = Math.min(kills, campaign.round + now);
while (campaign.round < stopAt) {
  await playRound(campaign.round);
  campaign.round += 1;
  writeFileSync(notes, JSON.stringify(campaign));
  if (campaign.round % 10 === 0) say(`${campaign.round} of ${kills} kills`);
}
if (campaign.round < kills) {
  say(`${campaign.round} of ${kills} kills are done; go on with --resume ${world.home}`);
  world.down();
  process.exit(0);
}
say('no more kills; waiting for rest');
const rested = await waitForRest();
const verdict = await world.withStore((store) => judgeHooks(store, world.ports(), campaign.records));
const toldToGiveUp = Object.entries(campaign.answers).filter(([status]) => /^4/.test(status)).length > 0;
const breached =
  !rested ||
  toldToGiveUp ||
  verdict.pairs !== pairs ||
  verdict.lost.length + verdict.notOnce.length + verdict.notRan > 0;
process.stdout.write(
  `${JSON.stringify({
    ...{ scenario: 'webhooks', seed, kills: campaign.killed, rested, answers: campaign.answers },
    ...{ ...verdict, seconds: Math.round((performance.now() - began) / 1000) },
  })}\n`,
);
process.exitCode = breached ? 1 : 0;

/** Sends this round's deliveries, kills a part while or after they are answered, then sends the pairs again. */
async function playRound(round: number): Promise<void> {
  const random = seeded(seed * 1_000_003 + round);
  const from = Math.floor((pairs * round) / kills);
  const to = Math.floor((pairs * (round + 1)) / kills);
  const fresh = [
    ...Array.from({ length: to - from }, (_, at) => record(`s${seed}-pair-${from + at}`, true)),
    ...Array.from({ length: singlesPerKill }, (_, at) => record(`s${seed}-single-${round}-${at}`, false)),
  ].sort(() => random() - 0.5);
  const part = parts[Math.floor(random() * parts.length)]!;
  // Two in five come when all is answered: within a second of the last 2xx.
  const afterAnswers = random() < 0.4 ? fresh.length : Math.floor(random() * fresh.length);
  const delayMs = random() * (afterAnswers === fresh.length ? 900 : 50);
  let answered = 0;
  let killing: Promise<void> | undefined;
  const killOnce = () => {
    if (answered < afterAnswers) return;
    killing ??= sleep(delayMs).then(() => kill(part, fresh));
  };
  killOnce();
  await eachOf(fresh, async (one) => {
    await deliver(one);
    answered += 1;
    killOnce();
  });
  await killing;
  await eachOf(
    fresh.filter((one) => one.pair),
    async (one) => {
      // As a sender does: again and again, until it is told that all is well.
      for (let tries = 0; (await deliver(one)) !== 200; tries++) {
        if (tries > 300) throw new Error(`Steward has not taken ${one.id} for minutes`);
        await sleep(100 + Math.min(tries, 10) * 100 * random());
      }
    },
  );
  campaign.records.push(...fresh);
}

async function kill(part: Part, fresh: readonly HookRecord[]): Promise<void> {
  await world.kill(part);
  const at = Date.now();
  campaign.killed[part] += 1;
  for (const one of fresh) {
    if (one.answeredAt !== undefined && at - one.answeredAt <= 1_000) one.killedWithinASecond = true;
  }
}

function record(id: string, pair: boolean): HookRecord {
  const trigger = providers[id.charCodeAt(id.length - 1) % providers.length]!;
  return { id, pair, trigger };
}

async function deliver(one: HookRecord): Promise<number> {
  const body = Buffer.from(JSON.stringify({ type: 'campaign', id: one.id, words: 'x'.repeat(500) }));
  const headers = signWebhook(one.trigger, {
    ...{ body, secret: secretFor(one.trigger), at: new Date(), id: one.id, type: 'push' },
  });
  const status = await fetch(`http://127.0.0.1:${world.ports().api}/hooks/${one.trigger}`, {
    ...{ method: 'POST', headers, body },
    signal: AbortSignal.timeout(10_000),
  }).then(
    async (response) => {
      await response.arrayBuffer();
      return response.status;
    },
    () => 0,
  );
  campaign.answers[status] = (campaign.answers[status] ?? 0) + 1;
  if (status === 200) one.answeredAt ??= Date.now();
  return status;
}

async function eachOf(all: readonly HookRecord[], work: (one: HookRecord) => Promise<void>): Promise<void> {
  const left = [...all];
  await Promise.all(
    Array.from({ length: senders }, async () => {
      for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
    }),
  );
}

async function waitForRest(): Promise<boolean> {
  const until = performance.now() + restWithinMs;
  while (performance.now() < until) {
    if (await world.withStore(hooksAtRest).catch(() => false)) return true;
    await sleep(2_000);
  }
  return false;
}
