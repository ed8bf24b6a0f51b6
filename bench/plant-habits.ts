import type { HabitKind, Happening } from '../schemas/habits.ts';
import { zoneOffset } from '../schemas/zone-offset.ts';

/** What a made-up person does by habit, beside much that they do by none. */
export interface PlantedHabit {
  readonly name: string;
  readonly kind: HabitKind;
  readonly minute: number;
}
export interface PlantedLife {
  readonly zone: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly habits: readonly PlantedHabit[];
  readonly happenings: readonly Happening[];
}

const dayMs = 86_400_000;
const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Sydney', 'Asia/Shanghai'];
/** Part of the occurrences that are left out, and minutes by which the others are off (standard deviation). */
const left = { least: 0.05, most: 0.2 };
const offMinutes = { least: 3, most: 12 };
/** Of noise: how many things, and how many times a day each at most. */
const noises = { least: 8, most: 20, perDay: 3 };
/** Long enough for monthly ones; a change of clocks lies within. */
const days = 200;

/**
 * Makes up a life of 200 days: hourly, weekday, weekly, monthly, daily and weekend habits, each off by some minutes and
 * left out now and then; things done at no time in particular, by a person who is awake from seven to eleven; things of one
 * hour of the day that are no habit, since they are done on few days; and habits that stopped long ago.
 *
 * @param random - between 0 and 1
 */
export function plantLife(random: () => number): PlantedLife {
  const pick = (least: number, most: number) => least + random() * (most - least);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const zone = zones[Math.floor(random() * zones.length)]!;
  // Between spring and autumn every zone with two clocks has changed them.
  const start = Date.UTC(2026, 0, 1 + Math.floor(random() * 60));
  const now = start + days * dayMs;
  const happenings: Happening[] = [];
  const doAt = (name: string, day: number, minute: number) => {
    const local = start + day * dayMs + minute * 60_000;
    const at = local - zoneOffset(zone, local - zoneOffset(zone, local));
    happenings.push({ at, name, line: name, place: 'chat' });
  };
  const dateOf = (day: number) => new Date(start + day * dayMs);
  const habits: PlantedHabit[] = [];
  const plant = (kind: HabitKind, nth: number, until = days) => {
    const name = `/${kind}-${nth}${until < days ? '-stopped' : ''}`;
    const minute = kind === 'hourly' ? Math.floor(random() * 60) : Math.floor(pick(6.5 * 60, 22.5 * 60));
    const [missed, off] = [pick(left.least, left.most), pick(offMinutes.least, offMinutes.most)];
    const weekday = Math.floor(random() * 7);
    const date = 1 + Math.floor(random() * 28);
    const weekend = (day: number) => [0, 6].includes(dateOf(day).getUTCDay());
    const holds: Record<HabitKind, (day: number) => boolean> = {
      ...{ hourly: () => true, daily: () => true, weekdays: (day) => !weekend(day), weekends: weekend },
      ...{ weekly: (day) => dateOf(day).getUTCDay() === weekday, monthly: (day) => dateOf(day).getUTCDate() === date },
    };
    for (let day = 0; day < until; day += 1) {
      if (!holds[kind](day)) continue;
      if (kind === 'hourly') {
        for (let hour = 8; hour < 20; hour += 1)
          if (random() >= missed) doAt(name, day, hour * 60 + minute + gauss() * (off / 4));
      } else if (random() >= missed) doAt(name, day, minute + gauss() * off);
    }
    if (until === days) habits.push({ name, kind, minute });
  };
  for (const kind of ['hourly', 'daily', 'weekdays', 'weekends', 'weekly', 'monthly'] as const) plant(kind, 1);
  for (const kind of ['weekdays', 'weekly', 'monthly'] as const) if (random() < 0.5) plant(kind, 2);
  plant('daily', 9, Math.floor(days * 0.6));
  const things = Math.floor(pick(noises.least, noises.most));
  for (let thing = 0; thing < things; thing += 1) {
    const perDay = random() ** 2 * noises.perDay;
    for (let day = 0; day < days; day += 1)
      for (let left = perDay; left > 0; left -= 1)
        if (random() < Math.min(1, left)) doAt(`noise-${thing}`, day, pick(7 * 60, 23 * 60));
  }
  // Always in the morning, but on one day of five, whichever that is.
  for (const [name, minute] of [
    ['mornings', 9 * 60],
    ['evenings', 21 * 60],
  ] as const)
    for (let day = 0; day < days; day += 1) if (random() < 0.2) doAt(name, day, minute + gauss() * 20);
  return { zone, now, habits, happenings: happenings.sort((a, b) => a.at - b.at) };
}
