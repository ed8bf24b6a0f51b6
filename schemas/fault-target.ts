import type { z } from 'zod';
import type { httpWhen } from './trigger-kinds/http.ts';

/** What `serviceFault` looks at to learn whether a service is well again. Travels with the sealed arguments. */
export type FaultTarget =
  /** What the trigger itself asks, judged as the trigger judges it. */
  | { readonly http: z.infer<typeof httpWhen>['http'] }
  /** Another address: it is well where its status is one of these, 200 to 299 when left out. */
  | { readonly ask: PlainLook }
  /** The figure that a metric trigger watches: its name. */
  | { readonly watch: string };

/** An address that is asked for its status. */
export interface PlainLook {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout: number;
  readonly expect?: readonly number[] | undefined;
}
