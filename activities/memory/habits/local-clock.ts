import { zoneOffset } from '../../../schemas/zone-offset.ts';

/** What a person's clock and calendar showed at an instant. */
export interface LocalTime {
  /** Days since 1970-01-01 of the local calendar. */
  readonly day: number;
  /** Of the day. */
  readonly minute: number;
  /** 1 is Monday. */
  readonly weekday: number;
  readonly dayOfMonth: number;
}

const dayMs = 86_400_000;
const quarterMs = 900_000;

/** Reads instants by a zone's clock; offsets are looked up once a quarter of an hour. */
export function localClock(zone: string): (at: number) => LocalTime {
  const offsets = new Map<number, number>();
  return (at) => {
    const quarter = Math.floor(at / quarterMs);
    const offset = offsets.get(quarter) ?? zoneOffset(zone, quarter * quarterMs);
    offsets.set(quarter, offset);
    return localTime(at + offset);
  };
}

/** Reads a local clock. Pure. @param local - milliseconds since 1970 as if it were UTC */
export function localTime(local: number): LocalTime {
  const day = Math.floor(local / dayMs);
  return {
    day,
    minute: Math.floor((local - day * dayMs) / 60_000),
    weekday: weekdayOf(day),
    dayOfMonth: new Date(day * dayMs).getUTCDate(),
  };
}

/** 1 is Monday. Pure. */
export const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;
