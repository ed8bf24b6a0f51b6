/**
 * A seeded campaign of saves against a whole Steward while 20 messages a second arrive:
 * `npm run chaos -- --scenario reload --seed 1 --mutations 2000 --kills 50 [--keep] [--resume HOME]`. Half of the saves
 * are good; of the others some are left by a writer that was killed in the middle. After each, the list of triggers must
 * show the right version within a second and at no moment a wrong one. Exits 1 where it did not, where a part was begun
 * anew, where an acknowledged message has other than one fire with an ending, or where the last good version did not
 * serve after a restart. With --resume it goes on in a home that was kept, after the last round that was finished.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readState } from '../../workers/home/home-state.ts';
import { homePlaces } from '../../workers/home/open-home.ts';
import { type ChaosHome, chaosHome } from './chaos-home.ts';
import { eventsAtRest, judgeReload } from './judge-reload.ts';
import { type LaneState, limitMs, playMutation } from './play-mutation.ts';
import { goodText, type Lane, lanes, type Mutation, reloadPlan } from './reload-plan.ts';
import { type SentEvents, sendEvents } from './send-events.ts';
import { ListWatch } from './watch-list.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    seed: { type: 'string', default: '1' },
    mutations: { type: 'string', default: '2000' },
    kills: { type: 'string', default: '50' },
    keep: { type: 'boolean', default: false },
    resume: { type: 'string' },
  },
});
const seed = Number(values.seed);
const mutations = Number(values.mutations);
const kills = Number(values.kills);
const perRound = 60;
const restWithinMs = 10 * 60_000;

interface Campaign {
  readonly seed: number;
  next: number;
  readonly inForce: Record<Lane, LaneState>;
  readonly sent: SentEvents;
  readonly latencies: { good: number[]; broken: number[] };
  readonly breaches: { version: number; lane: Lane; what: string; style: string; words: string }[];
  killed: number;
  seconds: number;
}

const say = (words: string) => process.stderr.write(`${words}\n`);
say(`seed ${seed}: starting Steward`);
const first = Object.fromEntries(lanes.map((lane) => [`triggers/${lane}.yaml`, goodText(lane, 0)]));
const keep = values.keep || values.resume !== undefined;
await using world = chaosHome(
  values.resume === undefined ? { files: first, keep } : { files: {}, keep, root: values.resume },
);
if (keep) say(`kept in ${world.home}`);
const notes = join(world.home, 'campaign.json');
const campaign: Campaign = existsSync(notes)
  ? (JSON.parse(readFileSync(notes, 'utf8')) as Campaign)
  : {
      ...{ seed, next: 0, killed: 0, seconds: 0, breaches: [], latencies: { good: [], broken: [] } },
      inForce: {
        events: { version: 0, broken: false },
        clock: { version: 0, broken: false },
        report: { version: 0, broken: false },
      },
      sent: { fires: {}, next: 0, again: 0 },
    };
if (campaign.seed !== seed) throw new TypeError(`The home was begun with seed ${campaign.seed}`);

const plan = reloadPlan(seed, mutations, kills);
const before = partsOf(world);
const list = watchList(world);
if (values.resume !== undefined) await layOutAnew();
let over = false;
const sending = sendEvents(
  (message) => ask(world, '/api/v1/messages', message),
  campaign.sent,
  seed,
  () => over,
);
while (campaign.next < mutations) {
  const began = performance.now();
  const round = plan.slice(campaign.next, campaign.next + perRound);
  await Promise.all(
    lanes.map(async (lane) => {
      for (const mutation of round) if (mutation.lane === lane) await play(mutation);
    }),
  );
  campaign.next += round.length;
  campaign.seconds += (performance.now() - began) / 1_000;
  writeFileSync(notes, JSON.stringify(campaign));
  if (campaign.next % (5 * perRound) === 0) {
    say(`${campaign.next} of ${mutations} saves, ${campaign.breaches.length} breaches, ${campaign.sent.next} messages`);
  }
}
over = true;
await sending;
await list.stop();
say('no more saves; waiting for rest');
const rested = await waitForRest();
const after = partsOf(world);
const verdict = await world.withStore((store) => judgeReload(store, campaign.sent.fires));
const restarts = before.filter((part, at) => JSON.stringify(part) !== JSON.stringify(after[at]));
say('a restart with every file broken');
const served = await restartBroken();
const { good, broken } = campaign.latencies;
const latency = { good: spread(good), broken: spread(broken) };
const late = [...good, ...broken].filter((ms) => ms > limitMs).length;
process.stdout.write(
  `${JSON.stringify({
    ...{ scenario: 'reload', seed, mutations: campaign.next, killed: campaign.killed, rested },
    ...{ latency, late, breaches: campaign.breaches.length, restarts: restarts.length },
    ...{ acknowledged: verdict.acknowledged, lost: verdict.lost.length, doubled: verdict.doubled.length },
    ...{ endedOtherwise: verdict.endedOtherwise, slots: verdict.slots, sentAgain: campaign.sent.again },
    ...{ perSecond: Math.round((verdict.acknowledged / campaign.seconds) * 10) / 10, served },
    ...{ seconds: Math.round(campaign.seconds), examples: campaign.breaches.slice(0, 5) },
  })}\n`,
);
const failed =
  !rested || !served || campaign.breaches.length + restarts.length + verdict.lost.length + verdict.doubled.length > 0;
process.exitCode = failed ? 1 : 0;

async function play(mutation: Mutation): Promise<void> {
  const { version, lane, what, style } = mutation;
  const { ms, breach } = await playMutation(world.home, list, campaign.inForce[lane], mutation);
  if (ms !== undefined) campaign.latencies[what === 'good' ? 'good' : 'broken'].push(Math.round(ms));
  if (what === 'killed') campaign.killed += 1;
  if (breach === undefined) return;
  campaign.breaches.push({ version, lane, what, style, words: breach });
  say(`save ${version} of ${lane} (${what}, ${style}): ${breach}`);
}

/** What lay half done when the campaign was interrupted is saved again, whole. */
async function layOutAnew(): Promise<void> {
  for (const lane of lanes) {
    const { version } = campaign.inForce[lane];
    writeFileSync(join(world.home, 'triggers', `${lane}.yaml`), goodText(lane, version));
    campaign.inForce[lane].broken = false;
    for (;;) {
      const view = await list.next();
      if (view.versions.get(lane) === version && !view.faults.has(lane)) break;
    }
  }
}

/** Breaks each file in another way, starts Steward anew, and looks whether the version before serves. */
async function restartBroken(): Promise<boolean> {
  for (const [at, lane] of lanes.entries()) {
    const path = join(world.home, 'triggers', `${lane}.yaml`);
    writeFileSync(path, ['run: [', '', Buffer.from([0xff, 0x00])][at]!);
  }
  world.down();
  await using again = chaosHome({ files: {}, keep: true, root: world.home });
  const looking = watchList(again);
  const view = await looking.next();
  await looking.stop();
  return lanes.every(
    (lane) => view.versions.get(lane) === campaign.inForce[lane].version && view.faults.get(lane) === true,
  );
}

async function waitForRest(): Promise<boolean> {
  const until = performance.now() + restWithinMs;
  while (performance.now() < until) {
    if (await world.withStore(eventsAtRest)) return true;
    await sleep(1_000);
  }
  return false;
}

function ask({ home, ports }: ChaosHome, path: string, body?: object): Promise<Response> {
  const token = readFileSync(homePlaces(home).apiToken, 'utf8').trim();
  return fetch(`http://127.0.0.1:${ports().api}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

function watchList(of: ChaosHome): ListWatch {
  return new ListWatch(() => ask(of, '/api/v1/triggers'));
}

/** What would differ if a part had been begun anew. */
function partsOf({ home }: ChaosHome) {
  const parts = readState(homePlaces(home))?.parts ?? [];
  return parts.map(({ name, pid, restarts }) => ({ name, pid, restarts }));
}

function spread(samples: readonly number[]): Record<'count' | 'p50' | 'p99' | 'max', number> {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? 0 };
}
