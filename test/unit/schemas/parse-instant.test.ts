// - Date-times are those of RFC 3339; a local time may leave out its seconds, or all of its time.
import { expect, test } from 'vitest';
import { parseDateTime, parseInstant } from '../../../schemas/parse-instant.ts';

test.each([
  ['2026-12-24T18:00:00+01:00', '2026-12-24T17:00:00.000Z'],
  ['2026-12-24t18:00:00z', '2026-12-24T18:00:00.000Z'],
  ['2026-12-24T18:00:00Z', '2026-12-24T18:00:00.000Z'],
  ['2026-12-24T18:00:00.1239-00:00', '2026-12-24T18:00:00.123Z'],
  ['2026-12-24T18:00-03:30', '2026-12-24T21:30:00.000Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
])('parseInstant() reads %s', (text, expected) => {
  expect(new Date(parseInstant(text)).toISOString()).toBe(expected);
});

test('parseDateTime() reads a local time without an offset', () => {
  expect(parseDateTime('2026-12-24T18:00')).toEqual({ wall: Date.UTC(2026, 11, 24, 18) });
  expect(parseDateTime('2026-12-24')).toEqual({ wall: Date.UTC(2026, 11, 24) });
});

test.each([
  ['2026-02-30T00:00:00Z', 'has no such day'],
  ['2026-01-01T24:00:00Z', 'has no such time of day'],
  ['2026-01-01T00:00:00+24:00', 'has no such offset'],
  ['2026-01-01T00:00:00', 'has no offset, expected Z'],
  ['tomorrow', 'Cannot read "tomorrow" as a date and time, expected such as 2026-12-24T18:00:00+01:00'],
  ['2026-1-1', 'Cannot read'],
])('parseInstant() refuses %s', (text, words) => {
  expect(() => parseInstant(text)).toThrow(SyntaxError);
  expect(() => parseInstant(text)).toThrow(words);
});
