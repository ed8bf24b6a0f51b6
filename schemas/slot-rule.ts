import { everyOf } from './parse-every.ts';
import { isRecurrence } from './parse-rrule.ts';
import type { TriggerFile } from './trigger-file.ts';

/** When the slots of one schedule are: four forms, each with a zone and perhaps an end. Stored as JSON. */
export type SlotRule = CronRule | EveryRule | AtRule | RecurrenceRule;

interface Common {
  /** IANA name. */
  readonly timezone: string;
  /** RFC 3339: no slot after this instant. */
  readonly until?: string;
}
export interface CronRule extends Common {
  readonly form: 'cron';
  /** Cron with 5 or 6 fields, or a nickname. */
  readonly schedule: string;
}
export interface EveryRule extends Common {
  readonly form: 'every';
  readonly everyMs: number;
  /** RFC 3339: the first slot; counted from 1970 when left out. */
  readonly start?: string;
}
export interface AtRule extends Common {
  readonly form: 'at';
  /** An instant, or a local time in the zone. */
  readonly at: string;
}
export interface RecurrenceRule extends Common {
  readonly form: 'rrule';
  /** Such as `FREQ=MONTHLY;BYDAY=-1FR`. */
  readonly rrule: string;
  /** DTSTART: an instant or a local time in the zone; see docs/design/schedules.md for what stands in for it. */
  readonly start?: string;
}

/**
 * The rule of a trigger's `when`, or undefined for a kind that has no slots. The one place where a file becomes a rule.
 *
 * @param ownerZone - where the file names no zone
 */
export function slotRuleOf(
  { when, until }: Pick<TriggerFile, 'when' | 'until'>,
  ownerZone: string,
): SlotRule | undefined {
  if (!('schedule' in when || 'every' in when || 'at' in when || 'rrule' in when)) return undefined;
  const common = { timezone: when.timezone ?? ownerZone, ...(until === undefined ? {} : { until }) };
  if ('at' in when) return { form: 'at', at: when.at, ...common };
  const start = 'start' in when && when.start !== undefined ? { start: when.start } : {};
  if ('every' in when) return { form: 'every', everyMs: when.every, ...start, ...common };
  if ('rrule' in when) return { form: 'rrule', rrule: when.rrule, ...start, ...common };
  const everyMs = everyOf(when.schedule);
  if (everyMs !== undefined) return { form: 'every', everyMs, ...common };
  if (isRecurrence(when.schedule)) return { form: 'rrule', rrule: when.schedule, ...common };
  return { form: 'cron', schedule: when.schedule, ...common };
}
