/** A date-time taken apart. */
export interface DateTime {
  /** The local clock, as milliseconds since 1970 as if it were UTC. */
  readonly wall: number;
  /** Milliseconds that the clock is ahead of UTC; left out where the text does not say. */
  readonly offset?: number;
}

const form = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:([Zz])|([+-])(\d\d):(\d\d))?)?$/;

/**
 * Reads a date-time: an instant with an offset, or a local time without one; seconds may be left out, and so may the
 * whole time of a local one, which is midnight then. A leap second is the first of the next minute.
 *
 * @throws SyntaxError that says what was found and what was expected
 * @source RFC 3339 5.6
 */
export function parseDateTime(text: string): DateTime {
  const match = form.exec(text.trim());
  if (match === null) throw unreadable(text);
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zulu, sign, ahead, past] = match;
  const at = new Date(0);
  at.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (at.getUTCMonth() !== Number(month) - 1 || at.getUTCDate() !== Number(day)) {
    throw new SyntaxError(`"${text}" has no such day in the calendar`);
  }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) {
    throw new SyntaxError(`"${text}" has no such time of day, expected 00:00:00 to 23:59:59`);
  }
  const time = (Number(hour) * 60 + Number(minute)) * 60_000 + Number(second) * 1000;
  const wall = at.getTime() + time + Number(fraction.padEnd(3, '0').slice(0, 3));
  if (zulu !== undefined) return { wall, offset: 0 };
  if (sign === undefined) return { wall };
  if (Number(ahead) > 23 || Number(past) > 59)
    throw new SyntaxError(`"${text}" has no such offset, expected up to 23:59`);
  const offset = (Number(ahead) * 60 + Number(past)) * 60_000;
  return { wall, offset: sign === '-' ? -offset : offset };
}

/**
 * Milliseconds since 1970 of an instant with an offset.
 *
 * @throws SyntaxError also for a local time
 * @source RFC 3339 5.6
 */
export function parseInstant(text: string): number {
  const { wall, offset } = parseDateTime(text);
  if (offset === undefined)
    throw new SyntaxError(`"${text}" has no offset, expected Z or one such as +01:00 at its end`);
  return wall - offset;
}

function unreadable(text: string): SyntaxError {
  return new SyntaxError(
    `Cannot read "${text}" as a date and time, expected such as 2026-12-24T18:00:00+01:00, or without an offset a local time`,
  );
}
