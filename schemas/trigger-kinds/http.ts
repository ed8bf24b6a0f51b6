import { z } from 'zod';
import { duration, requestHeaders } from '../common.ts';
import { pattern } from '../pattern.ts';

const httpUrl = z.url({ protocol: /^https?$/, error: 'expected an address that begins with http:// or https://' });
const statusRange = z
  .string()
  .regex(/^[1-5]\d\d-[1-5]\d\d$/, { error: 'expected a range such as 500-599', abort: true })
  .refine((text) => Number(text.slice(0, 3)) <= Number(text.slice(4)), 'expected the smaller status first');

/** Which answers are a fault: statuses, ranges, and what is no answer at all. */
export const statusMatch = z.union([
  z.int().min(100).max(599),
  z.enum(['timeout', 'unreachable', 'tls', 'redirect']),
  statusRange,
]);

const nOfM = z
  .strictObject({ n: z.int().min(1).max(100), of: z.int().min(1).max(100) })
  .refine(({ n, of }) => n <= of, { path: ['n'], message: 'is more than `of`' });

/** A web service is asked again and again; it fires when its state changes. */
export const httpWhen = z.strictObject({
  http: z
    .strictObject({
      url: httpUrl,
      method: z.enum(['GET', 'HEAD', 'POST']).default('GET'),
      headers: requestHeaders.default({}),
      every: duration.default(60_000).refine((ms) => ms >= 1_000, 'expected 1s or more'),
      timeout: duration.default(10_000).refine((ms) => ms >= 100 && ms <= 60_000, 'expected 100ms to 60s'),
      status: z
        .array(statusMatch)
        .min(1)
        .default(['500-599', 'timeout', 'unreachable', 'tls'])
        .describe('Answers that are a fault'),
      body: z
        .strictObject({
          matches: pattern.optional().describe('A fault where the body holds this (RE2)'),
          lacks: pattern.optional().describe('A fault where the body does not hold this (RE2)'),
        })
        .optional()
        .describe('Only the first 256 KiB are looked at'),
      certificate: z
        .strictObject({ expiresWithin: duration })
        .optional()
        .describe('A fault where the certificate ends this soon, such as 14d'),
      for: z
        .union([z.int().min(1).max(100), nOfM])
        .default(1)
        .describe('So many faults in a row, or n of the last m, before it fires'),
      recovers: z
        .int()
        .min(1)
        .max(100)
        .optional()
        .describe('So many good answers in a row before it counts as well again; as `for` when left out'),
      on: z.enum(['fault', 'recovery', 'both']).default('fault'),
    })
    .refine((h) => h.certificate === undefined || h.url.startsWith('https:'), {
      path: ['certificate'],
      message: 'needs an address that begins with https://',
    })
    .refine((h) => h.body === undefined || h.method !== 'HEAD', {
      path: ['body'],
      message: 'is not there to look at with method HEAD',
    }),
});
