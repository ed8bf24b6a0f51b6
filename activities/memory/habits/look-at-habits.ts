import type { HabitsView, LedgerHappening } from '../../../schemas/habits.ts';
import { activeHours } from './active-hours.ts';
import { behaviourGraph } from './behaviour-graph.ts';
import { findHabits } from './find-habits.ts';
import { localClock } from './local-clock.ts';
import { nextCommand } from './next-command.ts';

const mostGuesses = 5;

/**
 * All that is known of what a person does, out of what they did. What others wrote to them is no habit of theirs. Pure.
 *
 * @param happenings - oldest first
 * @param now - milliseconds since 1970
 */
export function lookAtHabits(happenings: readonly LedgerHappening[], now: number, zone: string): HabitsView {
  const clock = localClock(zone);
  const own = happenings.filter(({ kind }) => kind !== 'contact');
  const ordered = own.filter(({ kind }) => kind !== 'talk');
  const next = nextCommand();
  for (const done of ordered) next.learn(done);
  const [first] = happenings;
  return {
    ...{ zone, happenings: happenings.length, ...(first === undefined ? {} : { since: first.at }) },
    habits: findHabits(ordered, now, zone),
    hours: activeHours(own.map(({ at }) => clock(at))),
    next: ordered.length === 0 ? [] : next.guess(now, mostGuesses),
    graph: behaviourGraph(happenings, now, clock),
  };
}
