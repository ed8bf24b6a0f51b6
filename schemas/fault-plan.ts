import { z } from 'zod';
import { duration, place, requestHeaders } from './common.ts';

const call = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
  headers: requestHeaders.default({}),
  body: z.string().max(65_536).optional(),
  timeout: duration.default(30_000).refine((ms) => ms >= 100 && ms <= 300_000, 'expected 100ms to 5m'),
  expect: z
    .array(z.int().min(100).max(599))
    .optional()
    .describe('Statuses that count as done; 200 to 299 when left out'),
});
/** Changes nothing on the far side. */
const look = call.omit({ body: true }).extend({ method: z.enum(['GET', 'HEAD']).default('GET') });

/** What `serviceFault` does about one service, in this order: notify, diagnose, act, verify, escalate, close. */
export const faultPlan = z.strictObject({
  service: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('What it is called in messages; the trigger’s name when left out'),
  notify: z.array(place).default([]).describe('Told first, in order of priority; `deliver` when empty'),
  diagnose: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(100),
        http: look,
      }),
    )
    .max(20)
    .default([])
    .describe('Looked at and noted; changes nothing'),
  action: z
    .strictObject({
      name: z.string().min(1).max(100),
      http: call,
      attempts: z.int().min(1).max(10).default(1),
      wait: duration.default(30_000),
    })
    .optional()
    .describe('Done once for each fault, without asking: the owner wrote it here'),
  verify: z
    .strictObject({
      http: look.optional().describe('What is asked; what the trigger itself asks when left out'),
      every: duration.default(30_000).refine((ms) => ms >= 100, 'expected 100ms or more'),
      healthy: z.int().min(1).max(100).default(2),
      within: duration.default(600_000),
    })
    .prefault({})
    .describe('The service counts as recovered after so many good answers in a row'),
  escalate: z
    .array(z.strictObject({ after: duration, notify: z.array(place).min(1) }))
    .max(10)
    .default([])
    .describe('Told where nobody has acknowledged and the service is still down so long after the first message'),
  flapping: duration
    .default(600_000)
    .describe('Down again this soon after it recovered is the same fault: no new alarm'),
});
export type FaultPlan = z.infer<typeof faultPlan>;

/**
 * What of a `serviceFault` would leave a live fault to nobody, and why; undefined where the file may stand. Pure.
 *
 * @param file - a trigger's file
 * @returns the setting at fault, with why
 */
export function refuseFaultGates(file: {
  readonly run: string;
  readonly when: object;
  readonly overlap?: unknown;
  readonly cooldown?: unknown;
  readonly throttle?: unknown;
  readonly fault?: { readonly verify: { readonly http?: unknown } } | undefined;
}): { readonly setting: 'overlap' | 'cooldown' | 'throttle'; readonly message: string } | undefined {
  const { run, when, overlap, fault } = file;
  if (run !== 'serviceFault') return undefined;
  if (overlap === 'cancelPrevious') {
    return { setting: 'overlap', message: 'cancelPrevious would end the run that handles the fault: leave it out' };
  }
  if (overlap !== undefined && overlap !== 'allow' && overlap !== 'skip') {
    return {
      setting: 'overlap',
      message: 'queue would hold an event back from the run that waits for it: leave it out',
    };
  }
  // It looks by itself, so no event need say that it is well again.
  if ('http' in when || 'metric' in when || fault?.verify.http !== undefined) return undefined;
  for (const setting of ['overlap', 'cooldown', 'throttle'] as const) {
    if (file[setting] === undefined || file[setting] === 'allow') continue;
    const word = setting === 'overlap' ? 'skip' : setting;
    return {
      setting,
      message: `${word} would drop the event that says that it is well again: leave it out, or say in fault.verify.http what is asked`,
    };
  }
  return undefined;
}
