/**
 * One line of what happened: our own words, a person's note, and of text from outside no more than a status and what a
 * file's `map` says was found, cleaned and short.
 */
export interface TimelineEntry {
  /** RFC 3339. */
  readonly at: string;
  readonly what: string;
  /** Of an event: RFC 3339, its own instant; the newest says how the service is. */
  readonly said?: string;
}

/**
 * What a run of `serviceFault` needs to decide: names, times and places. No address and no token: activities read those
 * from the fire. The run's input has the fire's arguments all the same, and only the payload codec keeps them secret.
 */
export interface FaultRunPlan {
  readonly service: string;
  /** Places that are told first; every channel when empty. */
  readonly notify: readonly string[];
  /** Names of its looks. */
  readonly diagnose: readonly string[];
  readonly action?: { readonly name: string; readonly wait: number };
  readonly verify: { readonly every: number; readonly healthy: number; readonly within: number };
  /** By time. */
  readonly escalate: readonly { readonly after: number; readonly notify: readonly string[] }[];
  readonly flapping: number;
  /** Whether it can look for itself; else an event or a person says that it is over. */
  readonly looks: boolean;
}

/** What the event of a fire became. */
export type OpenedIncident =
  | {
      readonly kind: 'own';
      readonly incidentId: string;
      readonly plan: FaultRunPlan;
      /** What was found, cleaned and short. */
      readonly found?: string;
    }
  /** Another run has an open incident of this trigger; it wants to know. */
  | { readonly kind: 'joined'; readonly incidentId: string; readonly fireId: string; readonly workflowId: string }
  /** The event says that the service is well, and nothing is open. */
  | { readonly kind: 'well' };

/** How an incident stands on record: what a person or another event made of it. */
export interface IncidentStanding {
  readonly acknowledged: boolean;
  /** An event said that the service is well again. */
  readonly recovered: boolean;
  readonly closed: boolean;
}
