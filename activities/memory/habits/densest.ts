/**
 * The minute of a circle about which the most different ones are. Pure.
 *
 * @param done - each with its minute and what it counts as: two of the same count once
 * @param reach - minutes to each side
 * @param around - minutes of the circle
 */
export function densest(
  done: readonly { readonly minute: number; readonly as: number }[],
  reach: number,
  around: number,
): number {
  const sorted = done.toSorted((a, b) => a.minute - b.minute);
  const circle = [-around, 0, around].flatMap((turn) =>
    sorted.map(({ minute, as }) => ({ minute: minute + turn, as })),
  );
  const inside = new Map<number, number>();
  const count = (as: number, by: number) => {
    const now = (inside.get(as) ?? 0) + by;
    if (now === 0) inside.delete(as);
    else inside.set(as, now);
  };
  let best = { count: 0, minute: 0 };
  let [from, to] = [0, 0];
  for (const { minute } of sorted) {
    for (; to < circle.length && circle[to]!.minute <= minute + reach; to += 1) count(circle[to]!.as, 1);
    for (; circle[from]!.minute < minute - reach; from += 1) count(circle[from]!.as, -1);
    if (inside.size > best.count) best = { count: inside.size, minute };
  }
  return best.minute;
}
