import { and, desc, eq, sql } from 'drizzle-orm';
import { memoryFacts, memoryUses, memoryVersions } from '../../schemas/db/memory-facts.ts';
import { people } from '../../schemas/db/people.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { FactChange } from '../../schemas/fact-kinds.ts';
import { newId } from '../../schemas/ids.ts';
import type { FactAct, FactWords } from '../../schemas/memory.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';

/** Where the words of a version lie: one that is put in the place of another does not open. */
export const contentPlace = (factId: string, version: number, person: string) => ({
  ...{ table: 'memory_versions', row: factId, column: 'content', person, version },
});

/**
 * Writes one after another for a person: versions are numbered in the order in which they are seen, so that whoever reads on
 * from a number has missed none.
 */
export async function lockPerson({ db }: StoreIn, personId: string): Promise<void> {
  await db.select({ id: people.id }).from(people).where(eq(people.id, personId)).for('no key update');
}

/**
 * Keeps something that was told, in one trip. The same act is the same fact. Its version gets its number once the person's
 * row is held, so that numbers grow in the order of commits.
 *
 * @returns its id
 */
export async function stateFact(store: Store, act: FactAct, words: FactWords): Promise<string> {
  const { clock, db, keys } = store;
  const { personId, actId, origin, localOnly, source } = act;
  const unit = keys.newUnit(personId);
  const factId = newId('fact', clock);
  const now = clock.now().toISOString();
  const content = unit.seal(contentPlace(factId, 1, personId), JSON.stringify(words));
  try {
    const { rows } = await db.execute<{ factId: string }>(sql`
      with person as (
        select id from people where id = ${personId} for no key update
      ), done as (
        select fact_id from memory_versions where person_id = ${personId} and act_id = ${actId}
      ), fact as (
        insert into memory_facts (id, person_id, wrapped_key, created_at)
        select ${factId}, id, ${unit.wrapped}, ${now}::timestamptz from person where not exists (select 1 from done)
        returning id
      ), version as (
        insert into memory_versions
          (id, fact_id, person_id, version, change, content, origin, channel, inbox_id, local_only, act_id, recorded_at)
        select ${newId('factVersion', clock)}, id, ${personId}, 1, 'stated', ${content}, ${origin}, ${source.channel},
          ${source.inboxId ?? null}, ${localOnly}, ${actId}, ${now}::timestamptz
        from fact
        returning fact_id
      )
      select fact_id as "factId" from done union all select fact_id from version`);
    return rows[0]!.factId;
  } catch (error) {
    // The same act at the same time was a little earlier: this statement began before that was seen.
    const done = await factOfAct(store, act);
    if (done === undefined) throw error;
    return done;
  }
}

/** Adds what is believed from now on, said otherwise or taken up again. The same act adds once. @throws notFound */
export async function correctFact(
  store: Store,
  act: FactAct,
  factId: string,
  words: FactWords,
  change: 'corrected' | 'restored' = 'corrected',
): Promise<void> {
  await inTransaction(store, async (inside) => {
    await lockPerson(inside, act.personId);
    await addWords(inside, act, factId, change, words);
  });
}

/** Adds a version with words, inside the caller's transaction, which holds the person. The same act adds once. @throws notFound */
export async function addWords(
  inside: StoreIn,
  act: FactAct,
  factId: string,
  change: Exclude<FactChange, 'stated' | 'forgotten'>,
  words: FactWords & { readonly into?: string },
): Promise<void> {
  const wrappedKey = await keyOf(inside, act.personId, factId);
  if ((await factOfAct(inside, act)) !== undefined) return;
  if (wrappedKey === null) throw noFact(factId);
  const version = (await newestVersion(inside, factId)) + 1;
  const unit = inside.keys.unit(act.personId, wrappedKey);
  const content = unit.seal(contentPlace(factId, version, act.personId), JSON.stringify(words));
  await addVersion(inside, act, { factId, version, change, content });
}

/**
 * Destroys a fact's key and all its words; that there was one stays. The same act forgets once.
 *
 * @param same - facts that say the same and lie aside for it: they go with it
 * @throws notFound
 */
export async function forgetFact(
  store: Store,
  act: FactAct,
  factId: string,
  same: readonly string[] = [],
): Promise<void> {
  await inTransaction(store, async (inside) => {
    await lockPerson(inside, act.personId);
    await eraseFact(inside, act, factId);
    for (const id of same) await eraseFact(inside, { ...act, actId: `${act.actId}:${id}` }, id);
  });
}

/** The same inside the caller's transaction, which holds the person. @throws notFound */
export async function eraseFact(inside: StoreIn, act: FactAct, factId: string): Promise<void> {
  const { db, clock } = inside;
  const wrappedKey = await keyOf(inside, act.personId, factId);
  if ((await factOfAct(inside, act)) !== undefined) return;
  if (wrappedKey === null) throw noFact(factId);
  await db.update(memoryFacts).set({ wrappedKey: null, forgottenAt: clock.now() }).where(eq(memoryFacts.id, factId));
  await db.update(memoryVersions).set({ content: null }).where(eq(memoryVersions.factId, factId));
  // What was asked when it was found says something of it.
  await db.delete(memoryUses).where(eq(memoryUses.factId, factId));
  const version = (await newestVersion(inside, factId)) + 1;
  await addVersion(inside, act, { factId, version, change: 'forgotten', content: null });
}

async function addVersion(
  { db, clock }: StoreIn,
  { personId, actId, origin, source, localOnly }: FactAct,
  version: { factId: string; version: number; change: FactChange; content: Buffer | null },
): Promise<void> {
  await db.insert(memoryVersions).values({
    ...{ id: newId('factVersion', clock), personId, actId, origin, localOnly, ...version },
    ...{ channel: source.channel, inboxId: source.inboxId ?? null, recordedAt: clock.now() },
  });
}

async function factOfAct({ db }: StoreIn, { personId, actId }: FactAct): Promise<string | undefined> {
  const own = and(eq(memoryVersions.personId, personId), eq(memoryVersions.actId, actId));
  const [row] = await db.select({ factId: memoryVersions.factId }).from(memoryVersions).where(own);
  return row?.factId;
}

/** @returns null where it is forgotten @throws notFound */
async function keyOf({ db }: StoreIn, personId: string, factId: string): Promise<Buffer | null> {
  const own = and(eq(memoryFacts.id, factId), eq(memoryFacts.personId, personId));
  const [row] = await db.select({ wrappedKey: memoryFacts.wrappedKey }).from(memoryFacts).where(own);
  if (row === undefined) throw noFact(factId);
  return row.wrappedKey;
}

async function newestVersion({ db }: StoreIn, factId: string): Promise<number> {
  const [row] = await db
    .select({ version: memoryVersions.version })
    .from(memoryVersions)
    .where(eq(memoryVersions.factId, factId))
    .orderBy(desc(memoryVersions.version))
    .limit(1);
  return row!.version;
}

/** One that never was and one that is forgotten are the same to whoever asks. */
export const noFact = (factId: string) => new StewardError('notFound', `There is no fact ${factId}`);
