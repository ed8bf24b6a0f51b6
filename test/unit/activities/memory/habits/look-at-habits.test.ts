/**
 * - What goes with what is a graph whose weights fade with age, made of the events alone.
 * - Hours of the week are counted by the local clock, with the mean of a circle: midnight lies between eleven and one.
 * - A picture holds what others may write only as text.
 */
import { expect, test } from 'vitest';
import { activeHours } from '../../../../../activities/memory/habits/active-hours.ts';
import { behaviourGraph } from '../../../../../activities/memory/habits/behaviour-graph.ts';
import { drawHabits } from '../../../../../activities/memory/habits/draw-habits.ts';
import { localClock } from '../../../../../activities/memory/habits/local-clock.ts';
import { lookAtHabits } from '../../../../../activities/memory/habits/look-at-habits.ts';
import type { HappeningKind, LedgerHappening } from '../../../../../schemas/habits.ts';

// A Monday.
const start = Date.parse('2026-03-02T08:00:00Z');
const minute = 60_000;
const dayMs = 86_400_000;
const done = (name: string, at: number, kind: HappeningKind = 'command', about?: string): LedgerHappening => ({
  ...{ kind, name, line: name, at, place: 'home', ...(about === undefined ? {} : { about }) },
});

test('behaviourGraph() joins what is done one after another, where, when and with which flow', () => {
  const happenings = [
    done('/status', start),
    done('bob@x.example', start + minute, 'contact'),
    done('/runs', start + 2 * minute),
    done('run idle', start + 3 * 3_600_000, 'run', 'noop'),
    done('/status', start + 30 * dayMs),
    done('/runs', start + 30 * dayMs + minute),
  ];
  const { nodes, edges } = behaviourGraph(happenings, start + 30 * dayMs, localClock('UTC'));
  const edge = (from: string, to: string) => edges.find((one) => one.from === from && one.to === to);
  expect(edge('command:/status', 'command:/runs')).toMatchObject({ kind: 'then', count: 2 });
  // Thirty days ago counts half.
  expect(edge('command:/status', 'command:/runs')!.weight).toBeCloseTo(1.5, 2);
  expect(edge('command:/status', 'time:Mon 08-12')).toMatchObject({ kind: 'at', count: 1 });
  expect(edge('command:/status', 'place:home')).toMatchObject({ kind: 'in', count: 2 });
  expect(edge('run:run idle', 'flow:noop')).toMatchObject({ kind: 'of' });
  // Whoever writes is no command of the person's, and three hours later is not after it.
  expect(edge('contact:bob@x.example', 'command:/runs')).toBeUndefined();
  expect(edge('command:/runs', 'run:run idle')).toBeUndefined();
  expect(nodes[0]).toMatchObject({ id: 'place:home', count: 6 });
});

test('activeHours() counts the hours of a week, and finds the middle of a night', () => {
  const clock = localClock('UTC');
  const midnight = Date.parse('2026-03-03T00:00:00Z');
  const { byHour, byWeekday } = activeHours(
    [-40, -20, 20, 40].map((off) => clock(midnight + off * minute)).map((time) => ({ ...time, weekday: 2 })),
  );
  expect(byHour[1]![23]).toBe(2);
  expect(byHour[1]![0]).toBe(2);
  expect([0, 1_439]).toContain(byWeekday[1]!.meanMinute);
  expect(byWeekday[1]!.concentration).toBeGreaterThan(0.98);
  expect(byWeekday[0]).toEqual({ count: 0, meanMinute: 0, concentration: 0 });
});

test('localClock() reads the clock of a zone before and after it is put forward', () => {
  const clock = localClock('Europe/Berlin');
  expect(clock(Date.parse('2026-03-29T00:59:00Z'))).toEqual({ day: 20_541, minute: 119, weekday: 7, dayOfMonth: 29 });
  expect(clock(Date.parse('2026-03-29T01:00:00Z'))).toMatchObject({ minute: 180 });
});

test('drawHabits() draws what is there, and shows names from outside as text', () => {
  const days = Array.from({ length: 30 }, (_, day) => start + day * dayMs);
  const happenings = days.flatMap((at) => [done('/report', at), done('/<script>alert(1)</script>', at + minute)]);
  const view = lookAtHabits(happenings, start + 30 * dayMs, 'UTC');
  const svg = drawHabits(view);
  expect(view.habits.map(({ kind, minute: of }) => [kind, of])).toEqual([
    ['daily', 480],
    ['daily', 481],
  ]);
  expect(svg).toContain('each day about 08:00, kept 30 of 30');
  expect(svg).not.toContain('<script');
  expect(svg.match(/<rect /g)!.length).toBeGreaterThan(7 * 24);
  expect(drawHabits(lookAtHabits([], start, 'UTC'))).toContain('No habits were found yet');
});
