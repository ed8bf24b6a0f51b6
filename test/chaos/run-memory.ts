/**
 * A seeded campaign of SIGKILLs against the nightly review of memory: `npm run chaos -- --scenario memory --seed 1
 * --kills 100 [--facts 1000] [--home HOME]`. Each round tells some facts, a canary and some that were told before, fires the
 * review and kills the worker, Temporal or Postgres in one of its steps. Then the same is told to a second Steward that
 * nobody kills. Exits 1 where a canary is lost or there twice, where a version cannot be read or restored as it was told,
 * where a fire has no review or two, or where the two memories differ. With --home it goes on in a home that was kept.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { openMemory } from '../../activities/memory/open-memory.ts';
import { checkMemory } from '../../activities/memory/review/check-memory.ts';
import { fires } from '../../schemas/db/fires.ts';
import { memoryReviews } from '../../schemas/db/memory-facts.ts';
import { people } from '../../schemas/db/people.ts';
import type { FactAct, FactVersion } from '../../schemas/memory.ts';
import { readVersions } from '../../store/memory/read-facts.ts';
import type { Store } from '../../store/store.ts';
import { type ChaosHome, chaosHome, type Part } from './chaos-home.ts';
import { seeded } from './kill-plan.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '100' },
    facts: { type: 'string', default: '1000' },
    home: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const kills = Number(values.kills);
const firstFacts = Number(values.facts);
const newFacts = 8;
const parts: readonly Part[] = ['steward', 'postgres', 'temporal'];
const steps = ['memory.review', 'memory.check', 'memory.tidy'] as const;
const restWithinMs = 120_000;
const files = {
  'triggers/review.yaml': 'run: consolidateMemory\nwhen: { schedule: "@yearly" }\nmissed: { policy: none }\n',
};
const tell = (text: string) => process.stderr.write(`${text}\n`);

interface Notes {
  readonly seed: number;
  round: number;
  readonly killed: Record<string, number>;
}

tell(`seed ${seed}: starting Steward`);
const began = performance.now();
await using home = chaosHome({
  files,
  keep: values.keep || values.home !== undefined,
  ...(values.home === undefined ? {} : { root: values.home }),
});
const notesFile = join(home.home, 'campaign.json');
const notes: Notes = existsSync(notesFile)
  ? (JSON.parse(readFileSync(notesFile, 'utf8')) as Notes)
  : { seed, round: 0, killed: {} };
if (notes.seed !== seed) throw new TypeError(`The home was begun with seed ${notes.seed}`);

while (notes.round <= kills) {
  await playRound(home, notes.round, notes.round > 0);
  notes.round += 1;
  writeFileSync(notesFile, JSON.stringify(notes));
  if (notes.round % 10 === 0) tell(`${notes.round} of ${kills} rounds`);
}
const own = await verdictOf(home);
tell('the same without kills');
await using twin = chaosHome({ files });
for (let round = 0; round <= kills; round += 1) await playRound(twin, round, false);
const other = await verdictOf(twin);
const verdict = { ...own, sameAsWithout: own.state === other.state };
const seconds = Math.round((performance.now() - began) / 1_000);
process.stdout.write(
  `${JSON.stringify({ scenario: 'memory', seed, kills, killed: notes.killed, ...verdict, seconds })}\n`,
);
const { lost, twice, broken, notRestored, withoutReview } = own;
if (lost + twice + broken + notRestored + withoutReview > 0 || !verdict.sameAsWithout) process.exitCode = 1;

/** What is told in a round: new facts, a canary, and some of an earlier round once more. Pure. */
function toldIn(round: number): string[] {
  const random = seeded(seed * 1_000_003 + round);
  const fresh = Array.from(
    { length: round === 0 ? firstFacts : newFacts },
    (_, at) => `Thing ${round}-${at} lies in box ${Math.floor(random() * 1e6)}`,
  );
  const again =
    round === 0
      ? []
      : toldIn(round - 1)
          .slice(0, 3)
          .map((text) => `${text}.`);
  return [...fresh, canary(round), ...again];
}

function canary(round: number): string {
  return `The canary of night ${seed}-${round} sings`;
}

async function playRound(on: ChaosHome, round: number, kill: boolean): Promise<void> {
  await eventually(() =>
    on.withStore(async (store) => {
      const memory = openMemory(store);
      const personId = await personOf(store);
      for (const [at, text] of toldIn(round).entries())
        await memory.remember(actOf(personId, `told:${round}:${at}`), { text });
    }),
  );
  const fired = await eventually(() => fire(on, round));
  if (kill) {
    const random = seeded(seed * 7_919 + round);
    const step = steps[round % steps.length]!;
    const victim = parts[Math.floor(random() * parts.length)]!;
    const hit = await waitForStep(on, fired.workflowId, step).catch(() => false);
    await on.kill(victim);
    const what = hit ? `${step} ${victim}` : `after ${victim}`;
    notes.killed[what] = (notes.killed[what] ?? 0) + 1;
  }
  await eventually(() =>
    on.withStore(async ({ db }) => {
      const [row] = (await db.select().from(fires)).filter(({ id }) => id === fired.fireId);
      if (row?.state !== 'ran' && row?.state !== 'ranLate')
        throw new Error(`The fire of round ${round} is ${row?.state}`);
    }),
  );
}

async function fire(on: ChaosHome, round: number): Promise<{ fireId: string; workflowId: string }> {
  const answer = await fetch(`http://127.0.0.1:${on.ports().api}/api/v1/triggers/review/fire`, {
    method: 'POST',
    headers: { authorization: `Bearer ${on.token()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ requestId: `round-${round}` }),
  });
  if (answer.status !== 202) throw new Error(`The review of round ${round} was answered with ${answer.status}`);
  return (await answer.json()) as { fireId: string; workflowId: string };
}

/** @returns false where the run was past that step before it was seen in it */
async function waitForStep(on: ChaosHome, workflowId: string, step: string): Promise<boolean> {
  const connection = await Connection.connect({ address: `127.0.0.1:${on.ports().temporal}` });
  try {
    const handle = new Client({ connection, namespace: 'steward' }).workflow.getHandle(workflowId);
    for (const until = Date.now() + 30_000; Date.now() < until; ) {
      const { raw, status } = await handle.describe();
      if ((raw.pendingActivities ?? []).some(({ activityType }) => activityType?.name === step)) return true;
      if (status.name !== 'RUNNING') return false;
    }
    return false;
  } finally {
    await connection.close();
  }
}

async function verdictOf(on: ChaosHome) {
  return await on.withStore(async (store) => {
    const personId = await personOf(store);
    const memory = openMemory(store);
    const facts = await memory.recall({ personId, limit: 1_000_000 });
    const texts = facts.map(({ text }) => text);
    const canaries = Array.from({ length: kills + 1 }, (_, round) => canary(round));
    const counts = canaries.map((one) => texts.filter((text) => text.replace(/\.$/, '') === one).length);
    const { versions, broken } = await checkMemory(store, personId);
    const all = await readVersions(store, personId, 0);
    const reviews = await store.db.select().from(memoryReviews);
    const reviewed = (await store.db.select().from(fires)).filter(({ trigger }) => trigger === 'review');
    return {
      ...{ facts: texts.length, versions, lost: counts.filter((count) => count === 0).length },
      ...{ twice: counts.filter((count) => count > 1).length, broken: broken.length },
      withoutReview: reviewed.filter(({ id }) => reviews.filter(({ fireId }) => fireId === id).length !== 1).length,
      merged: reviews.reduce((sum, { found }) => sum + found.merged.length, 0),
      state: stateOf(all),
      notRestored: await countNotRestored(store, personId, all),
    };
  });
}

/** What memory says, without ids and times. Pure. */
function stateOf(all: readonly FactVersion[]): string {
  const byFact = Map.groupBy(all, ({ factId }) => factId);
  const intoText = (id: string | undefined) => (id === undefined ? '' : (byFact.get(id)?.[0]?.text ?? 'nothing'));
  const lines = [...byFact.values()].map((versions) =>
    JSON.stringify(
      versions.map(({ version, change, text, origin, into }) => [version, change, text, origin, intoText(into)]),
    ),
  );
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex').slice(0, 16);
}

/** Facts that lie aside and cannot be taken up again as they were told, byte for byte. */
async function countNotRestored(store: Store, personId: string, all: readonly FactVersion[]): Promise<number> {
  const memory = openMemory(store);
  let wrong = 0;
  for (const [factId, versions] of Map.groupBy(all, (one) => one.factId)) {
    if (versions.at(-1)!.change !== 'merged') continue;
    const { text } = await memory.restore(actOf(personId, `restored:${factId}`), factId);
    if (text !== versions[0]!.text) wrong += 1;
  }
  return wrong;
}

function actOf(personId: string, actId: string): FactAct {
  return { personId, actId, origin: 'owner', source: { channel: 'campaign' }, localOnly: false };
}

async function personOf({ db }: Store): Promise<string> {
  const [row] = await db.select({ id: people.id }).from(people);
  if (row === undefined) throw new Error('Nobody is there yet');
  return row.id;
}

/** What was killed is away for some seconds. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (const until = performance.now() + restWithinMs; ; await sleep(100)) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > until) throw error;
    }
  }
}
