import { z } from 'zod';
import { duration, timezone } from '../common.ts';
import { parseCron } from '../parse-cron.ts';

const zone = timezone.optional().describe('IANA name; the owner’s zone when left out');

function checkCron(expression: string, context: z.RefinementCtx): void {
  try {
    parseCron(expression);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
}

/** Slots in time: cron, a recurrence rule, a fixed interval, or one instant. */
export const scheduleWhen = z.strictObject({
  schedule: z
    .string()
    .superRefine(checkCron)
    .describe('Cron with 5 or 6 fields (seconds first), or @hourly, @daily, @weekly, @monthly, @yearly'),
  timezone: zone,
});
export const everyWhen = z.strictObject({
  every: duration
    .refine((ms) => ms >= 1_000, 'expected 1s or more')
    .describe('Elapsed time between slots, such as 90m'),
  start: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('An instant that is a slot; 1970-01-01T00:00:00Z when left out'),
  timezone: zone,
});
export const atWhen = z.strictObject({
  at: z.string().describe('Once: an instant such as 2026-12-24T18:00:00+01:00, or a local time without an offset'),
  timezone: zone,
});
export const rruleWhen = z.strictObject({
  rrule: z.string().describe('A recurrence rule such as FREQ=MONTHLY;BYDAY=-1FR'),
  start: z.string().optional().describe('DTSTART: a local time such as 2026-01-01T08:00:00'),
  timezone: zone,
});
