import { z } from 'zod';
import { duration, requestHeaders } from '../common.ts';

/** A figure of this machine or of Prometheus crosses a line for long enough. */
export const metricWhen = z.strictObject({
  metric: z
    .strictObject({
      machine: z.enum(['diskFreePercent', 'memoryFreePercent', 'loadPerCore']).optional(),
      prometheus: z
        .strictObject({
          url: z.url({ protocol: /^https?$/ }),
          query: z
            .string()
            .min(1)
            .max(4_000)
            .describe('PromQL that gives one value; the largest counts where there are several'),
          headers: requestHeaders.default({}),
        })
        .optional(),
      above: z.number().optional(),
      below: z.number().optional(),
      clear: z
        .number()
        .optional()
        .describe('Hysteresis: it is well again only past this line; as above or below when left out'),
      for: duration.default(0).describe('So long without a break before it fires'),
      every: duration.default(60_000).refine((ms) => ms >= 1_000, 'expected 1s or more'),
      on: z.enum(['fault', 'recovery', 'both']).default('fault'),
    })
    .refine((m) => (m.machine === undefined) !== (m.prometheus === undefined), 'expected one of machine, prometheus')
    .refine((m) => (m.above === undefined) !== (m.below === undefined), 'expected one of above, below')
    .refine((m) => m.clear === undefined || (m.above === undefined ? m.clear >= m.below! : m.clear <= m.above), {
      path: ['clear'],
      message: 'lies on the wrong side: at most `above`, or at least `below`',
    }),
});
