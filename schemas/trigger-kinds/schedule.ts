import { z } from 'zod';
import { checkRrule, readStart } from '../check-rrule.ts';
import { duration, timezone } from '../common.ts';
import { parseCron } from '../parse-cron.ts';
import { everyOf, refuseEvery } from '../parse-every.ts';
import { parseDateTime, parseInstant } from '../parse-instant.ts';
import { isRecurrence } from '../parse-rrule.ts';

const zone = timezone.optional().describe('IANA name; the owner’s zone when left out');

/** What a parser finds wrong is an issue at its value. */
function refusing<T>(check: (value: T) => void, path: PropertyKey[] = []) {
  return (value: T, context: z.RefinementCtx) => {
    try {
      check(value);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      context.addIssue({ code: 'custom', message: error.message, path });
    }
  };
}

/** An instant with an offset. @source RFC 3339 */
export const instantText = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d.*([Zz]|[+-]\d\d:\d\d)$/, {
    error: 'expected an instant such as 2026-12-24T18:00:00+01:00',
    abort: true,
  })
  .superRefine(refusing(parseInstant));

function checkSchedule(text: string): void {
  const everyMs = everyOf(text);
  if (everyMs !== undefined) return;
  if (isRecurrence(text)) checkRrule(text);
  else parseCron(text);
}

/** Slots in time: cron, a recurrence rule, a fixed interval, or one instant. @source docs/design/schedules.md */
export const scheduleWhen = z.strictObject({
  schedule: z
    .string()
    .superRefine(refusing(checkSchedule))
    .describe(
      'Cron with 5 or 6 fields (seconds first), or @hourly, @daily, @weekly, @monthly, @yearly, or @every 90m, or FREQ=...',
    ),
  timezone: zone,
});
export const everyWhen = z.strictObject({
  every: duration.superRefine(refusing(refuseEvery)).describe('Elapsed time between slots, such as 90m'),
  start: instantText
    .optional()
    .describe('The first slot, an instant such as 2026-01-01T08:00:00Z; counted from 1970 when left out'),
  timezone: timezone
    .optional()
    .describe('IANA name: the zone in which slots are shown, which moves none; the owner’s zone when left out'),
});
export const atWhen = z.strictObject({
  at: z
    .string()
    .superRefine(refusing(parseDateTime))
    .describe('Once: an instant such as 2026-12-24T18:00:00+01:00, or a local time without an offset'),
  timezone: zone,
});
export const rruleWhen = z
  .strictObject({
    rrule: z.string().describe('A recurrence rule such as FREQ=MONTHLY;BYDAY=-1FR'),
    start: z
      .string()
      .optional()
      .describe('DTSTART: a local time such as 2026-01-01T08:00:00, or an instant; needed for INTERVAL and COUNT'),
    timezone: zone,
  })
  .superRefine(({ rrule, start }, context) => {
    if (start !== undefined) {
      const begun = context.issues.length;
      refusing<string>(readStart, ['start'])(start, context);
      if (context.issues.length > begun) return;
    }
    refusing<string>((text) => checkRrule(text, start), ['rrule'])(rrule, context);
  });
