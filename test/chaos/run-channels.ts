/**
 * A seeded campaign of SIGKILLs against a whole Steward while the owner talks to it:
 * `npm run chaos -- --scenario channels --seed 1 --over api,xmpp,matrix,mail --kills 25 --messages 2000 [--keep] [--resume HOME]
 * [--now 10]`. Killed are the Node process, Temporal, Postgres and the far servers. Exits 1 where something that was said
 * was lost, answered twice, answered out of order, or where an answer answers nothing. An answer that cannot be seen and
 * is on record as `unknown` is not lost: it is counted as that. With --resume it goes on in a home
 * that was kept, over the API only: the far servers of a campaign live as long as its process.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { eq } from 'drizzle-orm';
import { outbox } from '../../schemas/db/outbox.ts';
import { openChat } from '../../store/outbox/claim-effect.ts';
import type { ChatFarSide } from '../support/chat-far-side.ts';
import { mailFarSide } from '../support/mail-far-side.ts';
import { matrixFarSide } from '../support/matrix-far-side.ts';
import { xmppFarSide } from '../support/xmpp-far-side.ts';
import { type ChaosHome, chaosHome, type Part } from './chaos-home.ts';
import { apiLine, type ChatLine, farLine, mailLine } from './chat-lines.ts';
import { judgeChat, words, wordsIn } from './judge-chat.ts';
import { seeded } from './kill-plan.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    seed: { type: 'string', default: '1' },
    over: { type: 'string', default: 'api' },
    kills: { type: 'string', default: '25' },
    messages: { type: 'string', default: '2000' },
    keep: { type: 'boolean', default: false },
    resume: { type: 'string' },
    now: { type: 'string', default: '100000' },
  },
});
const seed = Number(values.seed);
const kills = Number(values.kills);
const messages = Number(values.messages);
const over = values.over.split(',');
/** What has not come by then does not come: it is counted from the last time that anything went on. */
const restWithinMs = 4 * 60_000;
const parts: readonly Part[] = ['steward', 'temporal', 'postgres'];

interface Campaign {
  readonly seed: number;
  round: number;
  readonly killed: Record<string, number>;
  /** What was said, by line, in order. */
  readonly said: Record<string, string[]>;
}

const tell = (text: string) => process.stderr.write(`${text}\n`);
tell(`seed ${seed}: starting ${over.join(', ')} and Steward`);
const lines = await Promise.all(over.map(openLine));
await using world = chaosHome({
  files: Object.fromEntries(
    lines.flatMap(({ name, channel }) =>
      channel === undefined ? [] : [[`channels/${name}.yaml`, JSON.stringify(channel)]],
    ),
  ),
  keep: values.keep || values.resume !== undefined || Number(values.now) < kills,
  ...(values.resume === undefined ? {} : { root: values.resume }),
});
const notes = join(world.home, 'campaign.json');
const campaign: Campaign = existsSync(notes)
  ? (JSON.parse(readFileSync(notes, 'utf8')) as Campaign)
  : { seed, round: 0, killed: {}, said: Object.fromEntries(over.map((name) => [name, []])) };
if (campaign.seed !== seed) throw new TypeError(`The home was begun with seed ${campaign.seed}`);

const began = performance.now();
try {
  process.exitCode = await play();
} finally {
  for (const line of lines) await line.close();
}

async function play(): Promise<number> {
  await sleepUntilServed(world);
  const stopAt = Math.min(kills, campaign.round + Number(values.now));
  while (campaign.round < stopAt) {
    await playRound(campaign.round);
    campaign.round += 1;
    writeFileSync(notes, JSON.stringify(campaign));
    if (campaign.round % 5 === 0) tell(`${campaign.round} of ${kills} kills`);
  }
  if (campaign.round < kills) {
    tell(`${campaign.round} of ${kills} kills are done; go on with --resume ${world.home}`);
    return 0;
  }
  tell('no more kills; waiting for the last answers');
  const verdicts = await verdictsAtRest();
  const breached = Object.values(verdicts).some(
    ({ lost, twice, reordered, invented }) => lost.length + twice.length + reordered + invented > 0,
  );
  const seconds = Math.round((performance.now() - began) / 1000);
  process.stdout.write(
    `${JSON.stringify({ scenario: 'channels', seed, killed: campaign.killed, verdicts, unknown: (await unknownAnswers()).size, seconds })}\n`,
  );
  return breached ? 1 : 0;
}

async function openLine(name: string): Promise<ChatLine> {
  if (name === 'api') return apiLine('campaign');
  if (name === 'mail') {
    const far = await mailFarSide();
    if (typeof far === 'string') throw new Error(far);
    return mailLine(far);
  }
  const make = { matrix: matrixFarSide, xmpp: xmppFarSide }[name];
  if (make === undefined) throw new TypeError(`Unknown line ${name}, expected api, mail, matrix or xmpp`);
  const far: ChatFarSide | string = await make();
  if (typeof far === 'string') throw new Error(far);
  return farLine(name, far);
}

/** Says this round's share on every line, and kills one part while it is said or answered. */
async function playRound(round: number): Promise<void> {
  const random = seeded(seed * 1_000_003 + round);
  const from = Math.floor((messages * round) / kills);
  const to = Math.floor((messages * (round + 1)) / kills);
  const far = lines.filter(({ bounce }) => bounce !== undefined);
  const at = Math.floor(random() * (parts.length + Math.min(1, far.length)));
  const victim = parts[at] ?? far[Math.floor(random() * far.length)]!.name;
  const killAfter = Math.floor(random() * (to - from));
  const delayMs = random() * 300;
  let killing: Promise<void> | undefined;
  for (let message = from; message < to; message += 1) {
    if (message - from === killAfter) {
      const line = far.find(({ name }) => name === victim);
      // A client that loses its server in the middle of a word does not know what it has said: it is killed between two.
      if (line?.bounce !== undefined) await line.bounce();
      else killing = sleep(delayMs).then(() => world.kill(victim as Part));
    }
    const line = lines[message % lines.length]!;
    const text = words(seed, message);
    await line.say(world, text);
    campaign.said[line.name]!.push(text);
  }
  await killing;
  campaign.killed[victim] = (campaign.killed[victim] ?? 0) + 1;
}

/** Looks until nothing is missing, and then a while longer for what comes twice. */
async function verdictsAtRest() {
  let until = performance.now() + restWithinMs;
  let before = '';
  for (;;) {
    // Reading all that far servers hold takes their time from what is still on its way: not before the ledger is done.
    const open = await openInLedger().catch(() => undefined);
    const verdicts = open === 0 ? await judged().catch(() => undefined) : undefined;
    const missing = open === 0 ? Object.values(verdicts ?? {}).reduce((sum, { lost }) => sum + lost.length, 0) : open;
    const known = open !== 0 || verdicts !== undefined;
    if (known && (missing === 0 || performance.now() > until)) break;
    // What is open may also grow: what was said last is read long after the first of it is answered.
    const now = `${open} open, ${missing} missing`;
    if (known && now !== before) {
      before = now;
      until = performance.now() + restWithinMs;
    }
    await sleep(2_000);
  }
  await sleep(5_000);
  return await judged();
}

/** Turns without an answer, and answers that have not left. */
async function openInLedger(): Promise<number> {
  const { rows } = await world.withStore(({ db }) =>
    db.execute<{ n: number }>(
      `select (select count(*) from outbox where state in ('queued', 'sending'))::int
            + (select count(*) from inbox where answered_at is null)::int n`,
    ),
  );
  return rows[0]!.n;
}

async function judged() {
  const verdicts: Record<string, ReturnType<typeof judgeChat>> = {};
  const unknown = await unknownAnswers();
  for (const line of lines) {
    const said = campaign.said[line.name]!;
    const arrived = new Set(await line.arrived?.());
    // What has not come to Steward's box at all is missing all the same.
    const order = [...arrived, ...said.filter((text) => !arrived.has(text))];
    verdicts[line.name] = judgeChat(order, await line.heard(world), unknown);
  }
  return verdicts;
}

/** What answers repeat of which nobody knows whether they arrived: each is listed, and none was sent again. */
async function unknownAnswers(): Promise<ReadonlySet<string>> {
  return await world.withStore(async (store) => {
    const rows = await store.db.select().from(outbox).where(eq(outbox.state, 'unknown'));
    return new Set(rows.flatMap((row) => wordsIn(JSON.stringify(openChat(store, row))) ?? []));
  });
}

async function sleepUntilServed(home: ChaosHome): Promise<void> {
  const channels = lines.filter(({ channel }) => channel !== undefined).length;
  // At first sight a channel acts on nothing that was there before.
  for (;;) {
    const connected = await home
      .withStore(async ({ db }) => (await db.execute(`select 1 from accounts where connected_at is not null`)).rowCount)
      .catch(() => 0);
    if ((connected ?? 0) >= channels) break;
    await sleep(200);
  }
}
