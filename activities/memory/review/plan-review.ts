import type { Fact, FactVersion } from '../../../schemas/memory.ts';
import type { FactUse, ReviewFound, WeightSettings } from '../../../schemas/memory-review.ts';
import { mayHoldTogether } from '../fact-words.ts';
import { slotOf } from '../slot-of.ts';
import { nightsBetween, weighFact } from './weigh-fact.ts';

/** No night changes more of what is believed. */
const mostPart = 0.25;
/** A fact that so many different questions found on so many days is worth more. */
const promotedBy = { questions: 3, days: 2 };
const dayMs = 86_400_000;

interface Reviewed {
  /** What is believed, oldest first. */
  readonly facts: readonly Fact[];
  /** Facts that lie aside, with their last version. */
  readonly aside: readonly FactVersion[];
  readonly uses: readonly FactUse[];
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly zone: string;
  readonly settings: WeightSettings;
}

/**
 * Plans a nightly review: the same memory, uses and night give the same plan. What is said twice is put aside for what was
 * said first; what a model wanted kept goes where the owner says otherwise, and where it has faded; what the owner told
 * stays, and two of it that say different things of the same are put to them. What a person took up again is left alone.
 * Pure.
 */
export function planReview({ facts, aside, uses, now, zone, settings }: Reviewed): ReviewFound {
  const usesOf = Map.groupBy(uses, ({ factId }) => factId);
  const merged = mergesOf(facts);
  const gone = new Set(merged.map(({ factId }) => factId));
  const rest = facts.filter(({ factId }) => !gone.has(factId));
  const { against, overruled } = contradictionsOf(rest);
  const faded = rest.filter(({ factId, change, origin, pinned, since }) => {
    if (origin !== 'agent' || pinned || change === 'restored' || overruled.has(factId)) return false;
    const nights = nightsBetween(since.getTime(), now, zone);
    const used = (usesOf.get(factId) ?? []).map(({ at }) => at);
    return weighFact(used, nights, settings) < settings.archiveBelow;
  });
  const archived = [
    ...[...overruled].map((factId) => ({ factId, why: 'overruled' as const })),
    ...faded.map(({ factId }) => ({ factId, why: 'faded' as const })),
  ];
  const cap = Math.max(1, Math.floor(facts.length * mostPart));
  const mergedNow = merged.slice(0, cap);
  const archivedNow = archived.slice(0, cap - mergedNow.length);
  return {
    ...{
      facts: facts.length,
      merged: mergedNow,
      archived: archivedNow,
      erased: erasedOf(aside, now, settings),
      against,
    },
    promoted: rest.map(({ factId }) => factId).filter((factId) => isPromoted(usesOf.get(factId) ?? [])),
    left: merged.length + archived.length - mergedNow.length - archivedNow.length,
  };
}

/** The words of a fact, and all that says when it is thought of: what is the same in these says the same. */
function printOf({ text, kind, scopes, joins, validFrom, validTo, localOnly }: Fact): string {
  const slot = slotOf(text);
  const plain = text
    .trim()
    .replace(/[.!。！\s]+$/u, '')
    .replace(/\s+/g, ' ')
    .toLowerCase();
  const words = slot === undefined ? plain : `${slot.of}\0${slot.value}`;
  return JSON.stringify([words, kind, scopes.toSorted(), joins.toSorted(), validFrom, validTo, localOnly]);
}

function mergesOf(facts: readonly Fact[]): ReviewFound['merged'] {
  const groups = Map.groupBy(facts, printOf);
  return [...groups.values()].flatMap((same) => {
    // What is pinned is thought of at each question, and what the owner told is surer: those stay.
    const kept = same.find(({ pinned }) => pinned) ?? same.find(({ origin }) => origin === 'owner') ?? same[0]!;
    return same.flatMap(({ factId, change }) =>
      factId === kept.factId || change === 'restored' ? [] : [{ factId, into: kept.factId }],
    );
  });
}

/** Pairs of the owner's that say different things of the same, and what a model wanted kept that the owner says otherwise. */
function contradictionsOf(facts: readonly Fact[]): { against: ReviewFound['against']; overruled: Set<string> } {
  const slots = Map.groupBy(
    facts.flatMap((fact) => {
      const slot = slotOf(fact.text);
      return slot === undefined ? [] : [{ fact, slot }];
    }),
    ({ slot }) => slot.of,
  );
  const against: { factId: string; other: string }[] = [];
  const overruled = new Set<string>();
  for (const said of slots.values())
    for (const [at, one] of said.entries())
      for (const other of said.slice(at + 1)) {
        if (one.slot.value === other.slot.value || !mayHoldTogether(one.fact, other.fact)) continue;
        const [own, others] = [one.fact, other.fact];
        if (own.origin === others.origin) against.push({ factId: others.factId, other: own.factId });
        else {
          const { factId, change } = own.origin === 'owner' ? others : own;
          if (change !== 'restored') overruled.add(factId);
        }
      }
  return { against, overruled };
}

function erasedOf(aside: readonly FactVersion[], now: number, { eraseArchivedAfter: after }: WeightSettings): string[] {
  if (after === undefined) return [];
  return aside.flatMap(({ factId, recordedAt }) => (now - recordedAt.getTime() >= after ? [factId] : []));
}

function isPromoted(uses: readonly FactUse[]): boolean {
  const questions = new Set(uses.map(({ asked }) => asked)).size;
  const days = new Set(uses.map(({ at }) => Math.floor(at / dayMs))).size;
  return questions >= promotedBy.questions && days >= promotedBy.days;
}
