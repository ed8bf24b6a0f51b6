import { type Fact, type FactVersion, type FactWords, holdsAt } from '../../schemas/memory.ts';
import { type ReadVersion, readVersions } from '../../store/memory/read-facts.ts';
import type { Store } from '../../store/store.ts';
import { type LexicalIndex, makeLexicalIndex } from './recall/lexical-index.ts';

/** All that one person has told, opened, in the memory of this process and nowhere else. */
export interface WorkingSet {
  /** Versions by fact, oldest first. */
  readonly versions: ReadonlyMap<string, readonly FactVersion[]>;
  /** What is believed now, oldest first, and where to look for it. */
  readonly facts: ReadonlyMap<string, Fact>;
  readonly index: LexicalIndex;
}

interface Held {
  /** Up to where it was read. */
  seq: number;
  readonly versions: Map<string, FactVersion[]>;
  set: WorkingSet;
}

/**
 * Makes what holds the working sets of a process. Each question reads what was written since the one before, by whichever
 * worker: a set is never older than the ledger.
 */
export function makeWorkingSets(store: Store): (personId: string) => Promise<WorkingSet> {
  const held = new Map<string, Promise<Held>>();
  return async (personId) => {
    const before = held.get(personId);
    const next = (async () => await refresh(store, personId, await before?.catch(() => undefined)))();
    held.set(personId, next);
    return (await next).set;
  };
}

async function refresh(store: Store, personId: string, known: Held | undefined): Promise<Held> {
  const news = await readVersions(store, personId, known?.seq ?? 0);
  if (known !== undefined && news.length === 0) return known;
  const versions = known?.versions ?? new Map<string, FactVersion[]>();
  for (const { seq: _, ...version } of news) addTo(versions, version);
  const seq = news.reduce((most, one: ReadVersion) => Math.max(most, one.seq), known?.seq ?? 0);
  const facts = believed(versions);
  return { seq, versions, set: { versions, facts, index: indexOf([...facts.values()]) } };
}

function addTo(versions: Map<string, FactVersion[]>, version: FactVersion): void {
  const all = versions.get(version.factId) ?? [];
  // Of what is forgotten no word stays, in earlier versions neither.
  if (version.change === 'forgotten') for (const [at, one] of all.entries()) all[at] = withoutWords(one);
  all.push(version);
  versions.set(version.factId, all);
}

function withoutWords(version: FactVersion): FactVersion {
  const { text, kind, names, scopes, pinned, joins, validFrom, validTo, into, ...rest } = version;
  return rest;
}

/** Whether a review put it aside: it is kept, and not believed. Pure. */
export const liesAside = ({ change }: Pick<FactVersion, 'change'>): boolean =>
  change === 'merged' || change === 'archived';

/** Facts that lie aside since another says the same, or one that itself lies aside for it: they say what it says. Pure. */
export function mergedInto({ versions }: Pick<WorkingSet, 'versions'>, factId: string): string[] {
  const direct = [...versions].flatMap(([id, all]) => {
    const last = all.at(-1);
    return last?.change === 'merged' && last.into === factId ? [id] : [];
  });
  return direct.flatMap((id) => [id, ...mergedInto({ versions }, id)]);
}

/** Whether a version can be read. Pure. */
export const hasWords = (version: FactVersion): version is FactVersion & FactWords => version.text !== undefined;

/** Where to look for facts. Pure. */
export const indexOf = (facts: readonly Fact[]): LexicalIndex =>
  makeLexicalIndex(facts.map(({ factId, text, recordedAt }) => ({ id: factId, text, at: recordedAt, thread: factId })));

/** Where a fact is to be shown. */
export interface ShownWhere {
  readonly leaves?: boolean | undefined;
  readonly scopes?: readonly string[] | undefined;
  /** What did not hold then is not shown. */
  readonly on?: Date | undefined;
}

/**
 * Whether a fact may be shown: nothing that must not leave is, where what is shown `leaves`; and nothing that holds
 * elsewhere or at another time, where those are given. The one place that says so. Pure.
 */
export const mayBeShown = (fact: Fact, { leaves, scopes, on }: ShownWhere): boolean =>
  (leaves !== true || !fact.localOnly) &&
  (on === undefined || holdsAt(fact, on)) &&
  (scopes === undefined || fact.scopes.length === 0 || fact.scopes.some((one) => scopes.includes(one)));

/** What is believed, as of now or of then. Pure. */
export function believed(
  versions: ReadonlyMap<string, readonly FactVersion[]>,
  asOf?: Date,
): ReadonlyMap<string, Fact> {
  const facts = new Map<string, Fact>();
  for (const [factId, all] of versions) {
    const upTo = asOf === undefined ? all : all.filter(({ recordedAt }) => recordedAt <= asOf);
    const last = upTo.at(-1);
    if (last !== undefined && hasWords(last) && !liesAside(last))
      facts.set(factId, { ...last, since: upTo[0]!.recordedAt });
  }
  return facts;
}
