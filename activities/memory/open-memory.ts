import type { HabitsView } from '../../schemas/habits.ts';
import { instanceFile } from '../../schemas/instance-file.ts';
import type { Fact, Memory } from '../../schemas/memory.ts';
import type { WeightSettings } from '../../schemas/memory-review.ts';
import { listReviews } from '../../store/memory/apply-review.ts';
import { noteUses } from '../../store/memory/note-uses.ts';
import { readHappenings } from '../../store/memory/read-happenings.ts';
import { correctFact, forgetFact, noFact, stateFact } from '../../store/memory/write-fact.ts';
import type { Store } from '../../store/store.ts';
import { exportFacts, importFacts } from './carry-facts.ts';
import { considerFacts } from './consider-facts.ts';
import { drawGrowth } from './draw-growth.ts';
import { againstIt, filledIn, plainly } from './fact-words.ts';
import { drawHabits } from './habits/draw-habits.ts';
import { lookAtHabits } from './habits/look-at-habits.ts';
import { idOf } from './name-fact.ts';
import { recallFacts } from './recall-facts.ts';
import { makeRecallTalk, type TalkChannels } from './recall-talk.ts';
import { restoreFact } from './review/restore-fact.ts';
import { undoReview } from './review/undo-review.ts';
import { makeWorkingSets, mergedInto } from './working-set.ts';

const anywhere: TalkChannels = { staysHere: () => false, scopesOf: () => undefined };
/** What is older says little of what somebody does now. */
const habitDays = 400;

interface MemoryOptions {
  /** The owner's, by which nights and habits go. */
  readonly zone?: () => string;
  readonly settings?: () => WeightSettings;
  readonly channels?: TalkChannels;
}

/** Opens the memory of a process. */
export function openMemory(
  store: Store,
  { zone = () => 'UTC', settings = () => instanceFile.parse({}).memory, channels = anywhere }: MemoryOptions = {},
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
    forget: async (act, named) => {
      const set = await setOf(act.personId);
      const factId = idOf(set, named);
      await forgetFact(store, act, factId, mergedInto(set, factId));
    },
    restore: async (act, named, version) => {
      const set = await setOf(act.personId);
      const factId = idOf(set, named);
      await restoreFact(store, act, set.versions.get(factId)!, version);
      return await factOf(act.personId, factId);
    },
    recall: async (ask) =>
      await recallFacts({ store, zone: zone(), settings: settings() }, await setOf(ask.personId), ask),
    consider: async ({ personId, ...ask }) => {
      const considered = considerFacts((await setOf(personId)).facts, { on: store.clock.now(), ...ask });
      await noteUses(
        store,
        personId,
        'named',
        ask.said,
        considered.named.map(({ factId }) => factId),
      );
      return considered;
    },
    recallTalk: makeRecallTalk(store, channels),
    reviews: async (personId, most) =>
      (await listReviews(store, personId, most)).map(({ id, createdAt, found, undoneAt }) => ({
        ...{ id, at: createdAt, found },
        ...(undoneAt === null ? {} : { undoneAt }),
      })),
    undoReview: async (act, reviewId) => await undoReview(store, await setOf(act.personId), act, reviewId),
    habits: habitsOf,
    drawHabits: async (personId) => drawHabits(await habitsOf(personId)),
    drawGrowth: async (personId) => {
      const { versions } = await setOf(personId);
      return drawGrowth([...versions.values()].flat(), store.clock.now());
    },
    exportFacts: async (personId) => exportFacts(await setOf(personId)),
    importFacts: async (personId, facts) => await importFacts(store, personId, facts),
    history: async (personId, named) => {
      const set = await setOf(personId);
      return set.versions.get(idOf(set, named))!;
    },
  };
}
