// - What cron(5) allows is read; what it does not is refused with field, finding and expectation.
import { expect, test } from 'vitest';
import { parseCron } from '../../../schemas/parse-cron.ts';

test('parseCron() reads names, ranges, steps, lists and both Sundays', () => {
  const cron = parseCron('0 8-12/2 1,15 jan-mar fri-sun');
  expect(cron.hours).toEqual([8, 10, 12]);
  expect(cron.daysOfMonth).toEqual([1, 15]);
  expect(cron.months).toEqual([1, 2, 3]);
  expect(cron.daysOfWeek).toEqual([0, 5, 6]);
  expect(parseCron('0 0 * * 7').daysOfWeek).toEqual([0]);
  expect(parseCron('10/25 * * * *').minutes).toEqual([10, 35]);
  expect(parseCron('0 0 * * */2').daysOfWeek).toEqual([0, 2, 4, 6]);
});

test('parseCron() reads seconds first of six fields', () => {
  expect(parseCron('5 4 3 * * *')).toMatchObject({ seconds: [5], minutes: [4], hours: [3] });
  expect(parseCron('4 3 * * *').seconds).toEqual([0]);
});

test('parseCron() reads nicknames', () => {
  expect(parseCron('@daily')).toEqual(parseCron('0 0 * * *'));
  expect(parseCron('@weekly')).toEqual(parseCron('0 0 * * 0'));
});

test.each([
  ['', 'has 0 fields, expected 5'],
  ['* * * *', 'has 4 fields'],
  ['0 0 30 2 *', 'never happens: February has no day 30'],
  ['0 0 31 feb,apr *', 'never happens: February and April have no day 31'],
  ['61 * * * *', 'The minute is 61, expected 0 to 59'],
  ['* 24 * * *', 'The hour is 24, expected 0 to 23'],
  ['* * 0 * *', 'The day of month is 0, expected 1 to 31'],
  ['* * * foo *', 'Cannot read "foo" as month, expected *, 1 to 12 or jan to dec'],
  ['*/0 * * * *', 'The step of minute is 0'],
  ['30-10 * * * *', 'runs backwards'],
  ['* * L * *', 'Cannot read "l" as day of month'],
  ['@reboot', '"@reboot" is no schedule, expected one of @hourly'],
  ['1,,2 * * * *', 'Cannot read "" as minute'],
])('parseCron() refuses %s', (expression, words) => {
  expect(() => parseCron(expression)).toThrow(SyntaxError);
  expect(() => parseCron(expression)).toThrow(words);
});

test('parseCron() takes an impossible day when a weekday may stand in for it', () => {
  expect(parseCron('0 0 30 2 mon').eitherDay).toBe(true);
});
