// - Next-run times agree with croner, a second implementation, for 10,000 random expressions, instants and zones, and
//   for 4,000 more shortly before clocks change.
// - Where clocks change, croner follows another rule; each difference is named, counted, and shown to lie there.
// - What only croner reads (L, W, #, years) is refused by us with the field's name.
import { Cron } from 'croner';
import { expect, test } from 'vitest';
import { parseCron } from '../../../schemas/parse-cron.ts';
import { nextSlots } from '../../../triggers/slots.ts';
import { seeded } from '../../chaos/kill-plan.ts';

const seed = 20_260_329;
const cases = 10_000;
const nearChange = 4_000;
const zones = [
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago', 'Australia/Sydney'],
  ...['Asia/Kolkata', 'America/St_Johns', 'Pacific/Chatham', 'Europe/Dublin', 'Asia/Tokyo', 'America/Sao_Paulo'],
];

test('nextSlots() agrees with croner for 10,000 random expressions', { timeout: 180_000 }, () => {
  const random = seeded(seed);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  const classes: Record<string, number> = { agree: 0 };
  const unexplained: object[] = [];
  for (let at = 0; at < cases + nearChange; at += 1) {
    const schedule = randomCron(random);
    const timezone = pick(zones);
    const anywhere = Date.UTC(2024, 0, 1) + random() * 6 * 31_556_952_000;
    const change = at < cases ? undefined : changesOf(timezone).find((one) => one > anywhere);
    const from = new Date(
      Math.floor((change === undefined ? anywhere : change - random() * 30 * 3_600_000) / 1_000) * 1_000,
    );
    const ours = nextSlots({ form: 'cron', schedule, timezone }, from, 1)[0];
    const theirs = new Cron(schedule, { timezone, legacyMode: legacy(schedule) }).nextRun(from) ?? undefined;
    const name = ours?.getTime() === theirs?.getTime() ? 'agree' : differenceOf(schedule, timezone, ours, theirs);
    if (name === undefined) unexplained.push({ schedule, timezone, from, ours, theirs });
    else classes[name] = (classes[name] ?? 0) + 1;
  }
  console.log(`croner, seed ${seed}, ${cases} + ${nearChange} expressions:`, classes);
  expect(unexplained.slice(0, 5)).toEqual([]);
  expect(classes.agree).toBeGreaterThanOrEqual(cases);
});

/** croner joins the two day fields by OR also where one begins with a star and a step; Vixie cron does not. */
function legacy(schedule: string): boolean {
  const [day = '', , week = ''] = schedule.split(' ').slice(-3);
  return !day.startsWith('*') && !week.startsWith('*');
}

/** What our stated rule says otherwise, where clocks change; undefined where nothing explains it. */
function differenceOf(schedule: string, timezone: string, ours?: Date, theirs?: Date): string | undefined {
  if (ours === undefined || theirs === undefined || parseCron(schedule).everyHour) return undefined;
  const endsGap = offsetName(timezone, ours.getTime() - 1_000) !== offsetName(timezone, ours.getTime());
  if (ours < theirs && endsGap) return 'skipped hour with several times: one slot right after it, croner has none';
  const change = changesOf(timezone).find((one) => Math.abs(one - theirs.getTime()) < 3_600_000);
  if (theirs < ours && change !== undefined && theirs.getTime() >= change) {
    return 'asked from within a repeated hour: no second time, croner has one';
  }
  return undefined;
}

const changes = new Map<string, number[]>();
/** The instants at which clocks of a zone change, 2024 to 2031. */
function changesOf(timezone: string): readonly number[] {
  const known = changes.get(timezone);
  if (known !== undefined) return known;
  const found: number[] = [];
  const dayMs = 86_400_000;
  for (let day = Date.UTC(2024, 0, 1); day < Date.UTC(2031, 0, 1); day += dayMs) {
    if (offsetName(timezone, day) === offsetName(timezone, day + dayMs)) continue;
    let at = day;
    while (offsetName(timezone, at) === offsetName(timezone, day)) at += 900_000;
    found.push(at);
  }
  changes.set(timezone, found);
  return found;
}

const formats = new Map<string, Intl.DateTimeFormat>();
function offsetName(timezone: string, at: number): string | undefined {
  const format =
    formats.get(timezone) ?? new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset' });
  formats.set(timezone, format);
  return format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value;
}

function randomCron(random: () => number): string {
  const int = (min: number, max: number) => min + Math.floor(random() * (max - min + 1));
  const field = (min: number, max: number, star: number): string => {
    if (random() < star) return '*';
    switch (int(0, 4)) {
      case 0:
        return `*/${int(2, Math.max(2, Math.floor((max - min) / 2)))}`;
      case 1: {
        const [a, b] = [int(min, max), int(min, max)].sort((x, y) => x - y);
        return random() < 0.3 ? `${a}-${b}/${int(2, 5)}` : `${a}-${b}`;
      }
      case 2:
        return [...new Set([int(min, max), int(min, max), int(min, max)])].join(',');
      default:
        return String(int(min, max));
    }
  };
  const fields = [field(0, 59, 0.2), field(0, 23, 0.3), field(1, 28, 0.6), field(1, 12, 0.7), field(0, 6, 0.6)];
  return random() < 0.2 ? [field(0, 59, 0.2), ...fields].join(' ') : fields.join(' ');
}

test.each([
  ['0 0 L * *', 'day of month'],
  ['0 0 15W * *', 'day of month'],
  ['0 0 * * 5#2', 'day of week'],
  ['0 0 * * 5L', 'day of week'],
  ['0 0 ? * *', 'day of month'],
  ['0 0 0 1 1 * 2030', '7 fields'],
])('parseCron() refuses %s, which croner reads', (schedule, words) => {
  expect(new Cron(schedule).nextRun()).not.toBeNull();
  expect(() => parseCron(schedule)).toThrow(words);
});
