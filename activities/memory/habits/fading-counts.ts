/** How often what followed a context, the latest counting most. */
export interface Followers {
  /** Sum of all weights. */
  readonly total: number;
  /** How often the context was seen. */
  readonly seen: number;
  readonly of: ReadonlyMap<string, number>;
}

interface Row {
  total: number;
  seen: number;
  readonly of: Map<string, number>;
}

/** Below this a follower is forgotten: a table does not grow with what was done once. */
const leastWeight = 1e-4;

/** Counts what follows what. @param keep - part of each weight that is left after the next one of its context; 1 keeps all */
export function fadingCounts(keep: number) {
  const rows = new Map<string, Row>();
  return {
    after: (context: string): Followers | undefined => rows.get(context),
    add: (context: string, name: string): void => {
      const row = rows.get(context) ?? { total: 0, seen: 0, of: new Map() };
      rows.set(context, row);
      if (keep < 1) {
        for (const [other, weight] of row.of) {
          if (weight * keep < leastWeight) row.of.delete(other);
          else row.of.set(other, weight * keep);
        }
      }
      row.total = row.total * keep + 1;
      row.seen += 1;
      row.of.set(name, (row.of.get(name) ?? 0) + 1);
    },
  };
}
export type FadingCounts = ReturnType<typeof fadingCounts>;
