import { and, eq, gte, inArray, lt, ne, type SQL, sql } from 'drizzle-orm';
import { fires } from '../../schemas/db/fires.ts';
import type { Ending } from '../../schemas/endings.ts';
import type { FireKind } from '../../schemas/fire-kinds.ts';
import { firstIdAt } from '../../schemas/ids.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';

/** Upper bounds of how late a fire was accepted, in seconds. The first holds all that is on time. */
export const latenessBoundsS = [60, 300, 900, 3_600, 21_600, 86_400] as const;

export interface FireCount {
  readonly ending: Ending;
  readonly kind: FireKind;
  /** Index into `latenessBoundsS`; one more for what is beyond the last. */
  readonly bucket: number;
  readonly count: number;
  /** How late they were together; 0 for what is on time. */
  readonly lateMs: number;
}

export interface FireCounts {
  readonly open: number;
  /** When the oldest open one was accepted. */
  readonly oldestOpenAt?: Date;
  readonly ended: readonly FireCount[];
}

/** Rows of this age are counted once: no transaction that writes one is older. */
const settlesAfterMs = 600_000;
/** Everything is counted anew so often: what a clock that jumped hid is found then. */
const anewAfterMs = 86_400_000;

interface Settled {
  /** Rows with a smaller id are counted in `sums`, but for those in `open`. */
  below: string;
  readonly anewAt: number;
  readonly sums: Map<string, FireCount>;
  open: Set<string>;
}

/**
 * Counts fires by ending without reading the whole ledger each time: what is older than ten minutes is counted once,
 * then only what was open, and what is younger. Counts only grow while no row is deleted.
 *
 * @returns a function to ask as often as one likes, also several at once
 */
export function makeFireCounts(store: Store): () => Promise<FireCounts> {
  let settled: Settled | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const ask = async () => {
    const counted = await inTransaction(store, async (inside) => {
      // All questions must see the same rows.
      await inside.db.execute(sql`set transaction isolation level repeatable read read only`);
      return await count(inside, settled);
    });
    settled = counted.settled;
    return counted.counts;
  };
  return () => {
    const mine = last.then(ask, ask);
    last = mine.catch(() => undefined);
    return mine;
  };
}

async function count(inside: StoreIn, before: Settled | undefined): Promise<{ settled: Settled; counts: FireCounts }> {
  const now = inside.clock.now().getTime();
  const below = firstIdAt('fire', new Date(now - settlesAfterMs));
  const goesOn = before !== undefined && now < before.anewAt && below >= before.below;
  const known: Settled = goesOn ? before : { below: '', anewAt: now + anewAfterMs, sums: new Map(), open: new Set() };
  const open = await inside.db
    .select({ id: fires.id, acceptedAt: fires.acceptedAt })
    .from(fires)
    .where(eq(fires.state, 'open'))
    .orderBy(fires.acceptedAt);
  const stillOpen = new Set(open.map(({ id }) => id));
  const closed = [...known.open].filter((id) => !stillOpen.has(id));
  const sums = new Map(known.sums);
  const aged = and(gte(fires.id, known.below), lt(fires.id, below));
  for (const one of await sumsOf(inside, aged)) add(sums, one);
  if (closed.length > 0) for (const one of await sumsOf(inside, inArray(fires.id, closed))) add(sums, one);
  const settled = { ...known, below, sums, open: new Set([...stillOpen].filter((id) => id < below)) };
  const shown = new Map(sums);
  for (const one of await sumsOf(inside, gte(fires.id, below))) add(shown, one);
  const [oldest] = open;
  const counts = {
    open: open.length,
    ended: [...shown.values()],
    ...(oldest === undefined ? {} : { oldestOpenAt: oldest.acceptedAt }),
  };
  return { settled, counts };
}

async function sumsOf({ db }: StoreIn, which: SQL | undefined): Promise<FireCount[]> {
  const bounds = sql.raw(latenessBoundsS.map((bound) => `${bound * 1_000}`).join(','));
  // On a bound belongs to it, as Prometheus counts: `le`.
  const bucket = sql<number>`width_bucket(coalesce(${fires.lateMs}, 0) - 1, array[${bounds}])`;
  const rows = await db
    .select({
      ...{ state: fires.state, kind: fires.kind, bucket },
      count: sql<number>`count(*)::int`,
      lateMs: sql<string>`coalesce(sum(${fires.lateMs}), 0)`,
    })
    .from(fires)
    .where(and(which, ne(fires.state, 'open')))
    .groupBy(fires.state, fires.kind, bucket);
  return rows.map(({ state, lateMs, ...row }) => ({ ...row, ending: state as Ending, lateMs: Number(lateMs) }));
}

function add(sums: Map<string, FireCount>, one: FireCount): void {
  const key = `${one.ending} ${one.kind} ${one.bucket}`;
  const known = sums.get(key);
  sums.set(key, {
    ...one,
    count: one.count + (known?.count ?? 0),
    lateMs: one.lateMs + (known?.lateMs ?? 0),
  });
}
