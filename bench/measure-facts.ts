import { sql } from 'drizzle-orm';
import { openMemory } from '../activities/memory/open-memory.ts';
import { checkMemory } from '../activities/memory/review/check-memory.ts';
import { runReview } from '../activities/memory/review/run-review.ts';
import { fires } from '../schemas/db/fires.ts';
import { memoryFacts, memoryVersions } from '../schemas/db/memory-facts.ts';
import { newId } from '../schemas/ids.ts';
import { instanceFile } from '../schemas/instance-file.ts';
import type { FactWords } from '../schemas/memory.ts';
import { contentPlace, stateFact } from '../store/memory/write-fact.ts';
import { seeded } from '../test/chaos/kill-plan.ts';
import { setup } from '../test/support/global-setup.ts';
import { type TestStore, testStore } from '../test/support/postgres.ts';
import { quantiles } from './quantiles.ts';

const questions = 400;
const writes = 400;
const words =
  'sister brother desk garden kitchen Lisbon Porto Oslo coffee tea train violin doctor Monday invoice bicycle'.split(
    ' ',
  );
const round = (ms: number) => Math.round(ms * 100) / 100;

/** Recall, unlocking, durable writing and the nightly review of so many facts, all of them sealed at rest. */
export async function measureFacts(sizes: readonly number[], say: (words: string) => void) {
  process.env.STEWARD_TEST_DURABLE = 'yes';
  const end = await setup();
  try {
    const figures: Record<string, unknown> = {};
    for (const size of sizes) {
      say(`${size} facts`);
      await using opened = await testStore();
      figures[size] = await measureSize(opened, size, say);
    }
    return figures;
  } finally {
    await end();
  }
}

async function measureSize(opened: TestStore, size: number, say: (words: string) => void) {
  const { store, personId } = opened;
  const random = seeded(size);
  const pick = () => words[Math.floor(random() * words.length)]!;
  const wordsOf = (at: number): FactWords => ({
    ...{ text: `My ${pick()} number ${at} has to do with ${pick()} and ${pick()} in ${pick()} ${at % 977}` },
    ...{ kind: 'fact', names: [], scopes: [], pinned: false, joins: [] },
  });
  await plant(
    opened,
    Array.from({ length: size }, (_, at) => wordsOf(at)),
  );
  const before = memoryNow();
  const memory = openMemory(store);
  const ask = async (question: string) => {
    const began = performance.now();
    await memory.recall({ personId, question, limit: 10 });
    return performance.now() - began;
  };
  const unlockMs = await ask('What has to do with my sister?');
  const held = memoryNow() - before;
  say('recall');
  const took: number[] = [];
  for (let nth = 0; nth < questions; nth += 1)
    took.push(await ask(`What has my ${pick()} number ${Math.floor(random() * size)} to do with ${pick()}?`));
  took.sort((a, b) => a - b);
  say('writing');
  const { bare, fact } = await measureWrites(opened, wordsOf);
  say('the nightly review');
  const fireId = await fireOf(opened);
  const began = performance.now();
  const settings = () => instanceFile.parse({}).memory;
  await runReview({ store, zone: () => 'Europe/Berlin', settings }, { personId, fireId });
  const reviewed = performance.now();
  const { broken } = await checkMemory(store, personId);
  const checked = performance.now();
  return {
    recallMs: {
      p50: round(took[took.length >> 1]!),
      p99: round(took[Math.ceil(0.99 * took.length) - 1]!),
      n: took.length,
    },
    coldUnlockMs: Math.round(unlockMs),
    heldMiB: Math.round(held / 1_048_576),
    writeMs: { fact: round(fact.p50), bareInsert: round(bare.p50), ratio: round(fact.p50 / bare.p50) },
    review: {
      seconds: round((reviewed - began) / 1_000),
      factsPerSecond: Math.round(((size + writes) / (reviewed - began)) * 1_000),
      checkSeconds: round((checked - reviewed) / 1_000),
      broken: broken.length,
    },
  };
}

/** One durable write of a fact beside one durable INSERT of a row as large, one after the other. */
async function measureWrites({ store, personId }: TestStore, wordsOf: (at: number) => FactWords) {
  await store.db.execute(sql`create table bare (id text primary key, content bytea not null)`);
  const [bare, fact]: [number[], number[]] = [[], []];
  for (let nth = 0; nth < writes; nth += 1) {
    const said = wordsOf(10_000_000 + nth);
    const content = Buffer.from(JSON.stringify(said));
    const began = performance.now();
    await store.db.execute(sql`insert into bare values (${`row-${nth}`}, ${content})`);
    const between = performance.now();
    const source = { channel: 'bench' };
    await stateFact(store, { personId, actId: `bench:${nth}`, origin: 'owner', source, localOnly: false }, said);
    fact.push(performance.now() - between);
    bare.push(between - began);
  }
  return { bare: quantiles(bare), fact: quantiles(fact) };
}

/** Puts many facts into the ledger at once, each under a key of its own. */
async function plant({ store, personId }: TestStore, all: readonly FactWords[]): Promise<void> {
  const { clock, db, keys } = store;
  const atOnce = 1_000;
  for (let from = 0; from < all.length; from += atOnce) {
    const rows = all.slice(from, from + atOnce).map((said) => {
      const unit = keys.newUnit(personId);
      const id = newId('fact', clock);
      const content = unit.seal(contentPlace(id, 1, personId), JSON.stringify(said));
      return { id, wrappedKey: unit.wrapped, content };
    });
    const at = clock.now();
    await db
      .insert(memoryFacts)
      .values(rows.map(({ id, wrappedKey }) => ({ id, personId, wrappedKey, createdAt: at })));
    await db.insert(memoryVersions).values(
      rows.map(({ id, content }) => ({
        ...{ id: newId('factVersion', clock), factId: id, personId, version: 1, change: 'stated' as const, content },
        ...{ origin: 'owner' as const, channel: 'bench', localOnly: false, actId: `planted:${id}`, recordedAt: at },
      })),
    );
  }
}

async function fireOf({ store, personId }: TestStore): Promise<string> {
  const id = newId('fire', store.clock);
  const at = store.clock.now();
  await store.db.insert(fires).values({
    ...{ id, personId, trigger: 'review', flow: 'consolidateMemory', slotKey: id, kind: 'manual', priority: 'low' },
    ...{ workflowId: id, deliver: [], dueAt: at, acceptedAt: at },
  });
  return id;
}

function memoryNow(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}
