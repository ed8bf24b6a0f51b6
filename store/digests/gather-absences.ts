import { and, asc, desc, eq, gt, lte, ne, sql } from 'drizzle-orm';
import { fires } from '../../schemas/db/fires.ts';
import { absences } from '../../schemas/db/records.ts';
import type { Absence } from '../../schemas/report.ts';
import type { Store } from '../store.ts';

/** So many absences are told one by one, the newest, and so many triggers of each. */
export const mostAbsences = 5;
export const mostTriggers = 8;

/**
 * The times since `since` in which nobody was at work, oldest first, and what became of all that was due in each.
 * What was asked for once more later is left out: the slot itself is told. Reads only.
 *
 * @param fireId - of the report itself: it is open while it is made
 */
export async function gatherAbsences(
  store: Store,
  { personId, fireId, since }: { personId: string; fireId: string; since: Date },
): Promise<{ absences: Absence[]; moreAbsences: number }> {
  const { db, clock } = store;
  const told = and(gt(absences.to, since), lte(absences.to, clock.now()));
  const newest = await db.select().from(absences).where(told).orderBy(desc(absences.from)).limit(mostAbsences);
  const all = newest.length < mostAbsences ? newest.length : await db.$count(absences, told);
  const found: Absence[] = [];
  for (const { from, to } of newest.reverse()) {
    const counts = await db
      .select({
        ...{ trigger: fires.trigger, state: fires.state },
        // One row may stand for many slots of a long absence.
        count: sql<number>`sum(coalesce(case when ${fires.state} = 'missed' then (${fires.outcome}->'facts'->>'slots')::int end, 1))::int`,
      })
      .from(fires)
      .where(
        and(
          ...[eq(fires.personId, personId), gt(fires.dueAt, from), lte(fires.dueAt, to)],
          ...[ne(fires.kind, 'backfill'), ne(fires.id, fireId)],
        ),
      )
      .groupBy(fires.trigger, fires.state)
      .orderBy(asc(fires.trigger), asc(fires.state));
    found.push({ from: from.toISOString(), to: to.toISOString(), ...byTrigger(counts) });
  }
  return { absences: found, moreAbsences: all - newest.length };
}

type Counted = { readonly trigger: string; readonly state: keyof Absence['became']; readonly count: number };

/** Those with most to tell come first. */
function byTrigger(counts: readonly Counted[]): Pick<Absence, 'became' | 'triggers' | 'moreTriggers'> {
  const became: Partial<Record<Counted['state'], number>> = {};
  const triggers = new Map<string, Partial<Record<Counted['state'], number>>>();
  for (const { trigger, state, count } of counts) {
    became[state] = (became[state] ?? 0) + count;
    triggers.set(trigger, { ...triggers.get(trigger), [state]: count });
  }
  const sum = (of: Partial<Record<string, number>>) => Object.values(of).reduce<number>((all, n = 0) => all + n, 0);
  const sorted = [...triggers]
    .map(([trigger, one]) => ({ trigger, became: one }))
    .sort((a, b) => sum(b.became) - sum(a.became) || (a.trigger < b.trigger ? -1 : 1));
  return { became, triggers: sorted.slice(0, mostTriggers), moreTriggers: Math.max(0, sorted.length - mostTriggers) };
}
