import { and, eq, ne, sql } from 'drizzle-orm';
import { fires } from '../../schemas/db/fires.ts';
import type { Store } from '../../store/store.ts';

export interface ReloadVerdict {
  readonly acknowledged: number;
  /** Acknowledged, and without exactly one fire that has an ending. */
  readonly lost: readonly string[];
  /** Fires of one message that are more than one, or shared between messages. */
  readonly doubled: readonly string[];
  /** Acknowledged fires whose ending is another than `ran` or `ranLate`, by ending. */
  readonly endedOtherwise: Record<string, number>;
  /** Slots of the schedule that ran meanwhile. */
  readonly slots: number;
}

/** Holds what was acknowledged against the ledger. @param acknowledged - fire ids by message id */
export async function judgeReload(store: Store, acknowledged: Record<string, string[]>): Promise<ReloadVerdict> {
  const rows = await store.db
    .select({ id: fires.id, state: fires.state, trigger: fires.trigger, kind: fires.kind })
    .from(fires);
  const states = new Map(rows.filter((row) => row.kind === 'message').map((row) => [row.id, row.state]));
  const seen = new Set<string>();
  const lost: string[] = [];
  const doubled: string[] = [];
  const endedOtherwise: Record<string, number> = {};
  for (const [message, ids] of Object.entries(acknowledged)) {
    const [first] = ids;
    const state = first === undefined ? undefined : states.get(first);
    if (state === undefined || state === 'open') lost.push(message);
    else if (state !== 'ran' && state !== 'ranLate') endedOtherwise[state] = (endedOtherwise[state] ?? 0) + 1;
    if (ids.length > 1 || ids.some((id) => seen.has(id))) doubled.push(message);
    for (const id of ids) seen.add(id);
  }
  return {
    acknowledged: Object.keys(acknowledged).length,
    ...{ lost, doubled, endedOtherwise },
    slots: rows.filter((row) => row.trigger === 'clock' && row.state !== 'open').length,
  };
}

/** Whether every fire of a message has its ending. */
export async function eventsAtRest(store: Store): Promise<boolean> {
  const [row] = await store.db
    .select({ open: sql<number>`count(*)::int` })
    .from(fires)
    .where(and(eq(fires.state, 'open'), ne(fires.trigger, 'clock')));
  return row?.open === 0;
}
