import { z } from 'zod';
import { httpWhen } from './trigger-kinds/http.ts';

/** An address that is asked for its status. */
const plainLook = z.strictObject({
  url: z.url(),
  method: z.enum(['GET', 'HEAD']),
  headers: z.record(z.string(), z.string()),
  /** Milliseconds. */
  timeout: z.int().min(1),
  expect: z.array(z.int()).optional(),
});
export type PlainLook = Readonly<z.infer<typeof plainLook>>;

/** What `serviceFault` looks at to learn whether a service is well again. Travels with the sealed arguments. */
export const faultTarget = z.union([
  /** What the trigger itself asks, judged as the trigger judges it. */
  httpWhen,
  /** Another address: it is well where its status is one of these, 200 to 299 when left out. */
  z.strictObject({ ask: plainLook }),
  /** The figure that a metric trigger watches: its name. */
  z.strictObject({ watch: z.string() }),
]);
export type FaultTarget = z.infer<typeof faultTarget>;
