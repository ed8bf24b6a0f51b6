import type { z } from 'zod';
import type { httpWhen } from './trigger-kinds/http.ts';

type Http = z.infer<typeof httpWhen>['http'];

/** A web service that is asked whether it is well; what `when.http` of a trigger's file says of it. */
export type HttpTarget = Pick<Http, 'url' | 'method' | 'headers' | 'timeout'> &
  Partial<Pick<Http, 'body' | 'certificate' | 'for'>> & {
    /** Answers that are a fault. */
    readonly status?: Http['status'];
    /** Statuses that are well, and no other. With neither, 200 to 299 are. */
    readonly good?: readonly number[];
  };

/** What `serviceFault` looks at to learn whether a service is well again. Travels with the sealed arguments. */
export type FaultTarget =
  | { readonly http: HttpTarget }
  /** The figure that a metric trigger watches: its name. */
  | { readonly watch: string };
