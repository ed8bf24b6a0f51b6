import type { BehaviourGraph, GraphEdge, GraphNode, LedgerHappening } from '../../../schemas/habits.ts';
import type { LocalTime } from './local-clock.ts';

/** What was done so many days ago counts half. */
const halfLifeDays = 30;
const dayMs = 86_400_000;
/** What follows within so long was done after it. */
const thenMs = 30 * 60_000;
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/**
 * Joins what was done with what was done after it, by which channel, in which part of the week and with which flow.
 * Weights fade by age, from the events alone: the same events give the same graph. Pure.
 *
 * @param happenings - oldest first
 * @param now - milliseconds since 1970
 */
export function behaviourGraph(
  happenings: readonly LedgerHappening[],
  now: number,
  clock: (at: number) => LocalTime,
): BehaviourGraph {
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  const node = (kind: GraphNode['kind'], name: string, weight: number): string => {
    const id = `${kind}:${name}`;
    const known = nodes.get(id) ?? { id, kind, name, weight: 0, count: 0 };
    nodes.set(id, { ...known, weight: known.weight + weight, count: known.count + 1 });
    return id;
  };
  const edge = (from: string, kind: GraphEdge['kind'], to: string, weight: number, at: number): void => {
    const key = `${from}\0${kind}\0${to}`;
    const known = edges.get(key) ?? { from, to, kind, weight: 0, count: 0, last: at };
    edges.set(key, { ...known, weight: known.weight + weight, count: known.count + 1, last: at });
  };
  let before: { readonly id: string; readonly at: number } | undefined;
  for (const { kind, name, place, about, at } of happenings) {
    const weight = 0.5 ** (Math.max(0, now - at) / dayMs / halfLifeDays);
    const id = node(kind, name, weight);
    edge(id, 'in', node('place', place, weight), weight, at);
    edge(id, 'at', node('time', partOf(clock(at)), weight), weight, at);
    if (kind === 'run' && about !== undefined) edge(id, 'of', node('flow', about, weight), weight, at);
    if (kind === 'contact') continue;
    if (before !== undefined && at - before.at <= thenMs) edge(before.id, 'then', id, weight, at);
    before = { id, at };
  }
  const heaviest = <T extends { readonly weight: number }>(all: Iterable<T>) =>
    [...all].sort((a, b) => b.weight - a.weight);
  return { nodes: heaviest(nodes.values()), edges: heaviest(edges.values()) };
}

/** A sixth of a day of the week, such as `Mon 08-12`. */
function partOf({ weekday, minute }: LocalTime): string {
  const from = Math.floor(minute / 240) * 4;
  const two = (hour: number) => String(hour).padStart(2, '0');
  return `${weekdays[weekday - 1]} ${two(from)}-${two(from + 4)}`;
}
