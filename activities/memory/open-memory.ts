import { StewardError } from '../../schemas/errors.ts';
import type { HabitsView } from '../../schemas/habits.ts';
import { instanceFile } from '../../schemas/instance-file.ts';
import type { Fact, FactSaid, FactWords, Memory, RecallAsk, RecalledFact } from '../../schemas/memory.ts';
import type { WeightSettings } from '../../schemas/memory-review.ts';
import { listReviews, markUndone } from '../../store/memory/apply-review.ts';
import { noteUses } from '../../store/memory/note-uses.ts';
import { readHappenings } from '../../store/memory/read-happenings.ts';
import { correctFact, forgetFact, noFact, stateFact } from '../../store/memory/write-fact.ts';
import type { Store } from '../../store/store.ts';
import { considerFacts } from './consider-facts.ts';
import { drawGrowth } from './draw-growth.ts';
import { drawHabits } from './habits/draw-habits.ts';
import { lookAtHabits } from './habits/look-at-habits.ts';
import { rankMemories } from './recall/rank-memories.ts';
import { makeRecallTalk } from './recall-talk.ts';
import { restoreFact } from './review/restore-fact.ts';
import { weighHits } from './review/weigh-hits.ts';
import { slotOf } from './slot-of.ts';
import { believed, indexOf, liesAside, makeWorkingSets, mayBeShown, type WorkingSet } from './working-set.ts';

/** UTF-16 code units of one fact: a sentence or two. */
const maxChars = 2_000;

/** Hits that are weighed for each that is wanted, and how many of those that are given count as used. */
const lookedAt = 3;
const mostUseful = 3;
/** What is older says little of what somebody does now. */
const habitDays = 400;

interface MemoryOptions {
  /** The owner's, by which nights and habits go. */
  readonly zone?: () => string;
  readonly settings?: () => WeightSettings;
  /** Whether words of a channel must not leave. */
  readonly staysHere?: (channel: string) => boolean;
}

/** Opens the memory of a process. */
export function openMemory(
  store: Store,
  { zone = () => 'UTC', settings = () => instanceFile.parse({}).memory, staysHere = () => false }: MemoryOptions = {},
): Memory {
  const setOf = makeWorkingSets(store);
  const factOf = async (personId: string, factId: string): Promise<Fact> => {
    const fact = (await setOf(personId)).facts.get(factId);
    if (fact === undefined) throw noFact(factId);
    return fact;
  };
  const habitsOf = async (personId: string): Promise<HabitsView> => {
    const now = store.clock.now().getTime();
    const happenings = await readHappenings(store, personId, new Date(now - habitDays * 86_400_000));
    return lookAtHabits(happenings, now, zone());
  };
  return {
    remember: async (act, said) => {
      const factId = await stateFact(store, act, filledIn(said, plainly));
      const set = await setOf(act.personId);
      const fact = set.facts.get(factId);
      // Forgotten between the tries of one act.
      if (fact === undefined) throw noFact(factId);
      return { fact, against: againstIt(set, fact) };
    },
    correct: async (act, named, said) => {
      const before = await factOf(act.personId, idOf(await setOf(act.personId), named));
      const { factId } = before;
      // What must not leave does not by being said otherwise, or pinned, elsewhere.
      const localOnly = act.localOnly || before.localOnly;
      await correctFact(store, { ...act, localOnly }, factId, filledIn(said, before));
      return await factOf(act.personId, factId);
    },
    forget: async (act, named) => await forgetFact(store, act, idOf(await setOf(act.personId), named)),
    restore: async (act, named, version) => {
      const set = await setOf(act.personId);
      const factId = idOf(set, named);
      await restoreFact(store, act, set.versions.get(factId)!, version);
      return await factOf(act.personId, factId);
    },
    recall: async (ask) => {
      const { personId, question, asOf, limit } = ask;
      const set = await setOf(personId);
      if (question === undefined || asOf !== undefined)
        return recallFrom(set, ask).map(({ score: _, ...fact }) => fact);
      const hits = recallFrom(set, { ...ask, limit: limit * lookedAt });
      const weighed = await weighHits(store, hits, { zone: zone(), settings: settings() });
      const found = weighed.slice(0, limit);
      await noteUses(
        store,
        personId,
        'recalled',
        question,
        found.slice(0, mostUseful).map(({ factId }) => factId),
      );
      return found.map(({ score: _, ...fact }) => fact);
    },
    consider: async ({ personId, ...ask }) => {
      const considered = considerFacts((await setOf(personId)).facts, ask);
      await noteUses(
        store,
        personId,
        'named',
        ask.said,
        considered.named.map(({ factId }) => factId),
      );
      return considered;
    },
    recallTalk: makeRecallTalk(store, staysHere),
    reviews: async (personId, most) =>
      (await listReviews(store, personId, most)).map(({ id, createdAt, found, undoneAt }) => ({
        ...{ id, at: createdAt, found },
        ...(undoneAt === null ? {} : { undoneAt }),
      })),
    undoReview: async (act, reviewId) => {
      const { found } = await markUndone(store, act.personId, reviewId);
      const set = await setOf(act.personId);
      const back: string[] = [];
      for (const { factId } of [...found.merged, ...found.archived]) {
        const versions = set.versions.get(factId) ?? [];
        if (!liesAside(versions.at(-1) ?? { change: 'stated' })) continue;
        await restoreFact(store, { ...act, actId: `${act.actId}:${factId}` }, versions);
        back.push(factId);
      }
      return back;
    },
    habits: habitsOf,
    drawHabits: async (personId) => drawHabits(await habitsOf(personId)),
    drawGrowth: async (personId) => {
      const { versions } = await setOf(personId);
      return drawGrowth([...versions.values()].flat(), store.clock.now());
    },
    history: async (personId, named) => {
      const set = await setOf(personId);
      return set.versions.get(idOf(set, named))!;
    },
  };
}

/** The one fact that an id, or at least four last letters of one, names. @throws notFound, badInput */
function idOf({ versions }: WorkingSet, named: string): string {
  if (versions.has(named)) return named;
  const end = named.trim().toUpperCase();
  const like = end.length < 4 ? [] : [...versions.keys()].filter((id) => id.endsWith(end));
  if (like.length > 1) throw new StewardError('badInput', `${named} names ${like.length} facts: say more of the id`);
  const [only] = like;
  if (only === undefined) throw noFact(named);
  return only;
}

const plainly: FactWords = { text: '', kind: 'fact', names: [], scopes: [], pinned: false, joins: [] };

/** What is said, and of the rest what was before. @throws badInput */
function filledIn(said: FactSaid, { text, kind, names, scopes, pinned, joins }: FactWords): FactWords {
  const words = { text, kind, names, scopes, pinned, joins, ...said };
  return { ...words, text: checked(words.text) };
}

function checked(text: string): string {
  const plain = text.trim();
  if (plain === '') throw new StewardError('badInput', 'There is nothing to remember: say it behind the command');
  if (plain.length <= maxChars) return plain;
  throw new StewardError(
    'badInput',
    `Cannot remember ${plain.length} characters as one fact, expected at most ${maxChars}`,
  );
}

type ScoredFact = RecalledFact & { readonly score: number };

function recallFrom(set: WorkingSet, { question, limit, asOf, leaves }: RecallAsk): ScoredFact[] {
  const all = asOf === undefined ? set.facts : believed(set.versions, asOf);
  const shown = [...all.values()].filter((fact) => mayBeShown(fact, leaves));
  if (question === undefined)
    return shown
      .reverse()
      .slice(0, limit)
      .map((fact) => ({ ...fact, why: [], score: 0 }));
  // The index is of all that is believed now; of another time, or of a part, one is made.
  const index = shown.length === set.facts.size && asOf === undefined ? set.index : indexOf(shown);
  return rankMemories(index, question, limit).map(({ id, why, score }) => ({ ...all.get(id)!, why, score }));
}

/** Others that say something else of the same thing. */
function againstIt({ facts }: WorkingSet, { factId, text }: Fact): Fact[] {
  const slot = slotOf(text);
  if (slot === undefined) return [];
  return [...facts.values()].filter((other) => {
    const said = other.factId === factId ? undefined : slotOf(other.text);
    return said?.of === slot.of && said.value !== slot.value;
  });
}
