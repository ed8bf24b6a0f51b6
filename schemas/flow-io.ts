import type { Ending, Priority } from './endings.ts';

/** What every flow that a fire starts gets. Ids and small facts only: this is what a history holds. */
export interface FireInput {
  readonly fireId: string;
  readonly trigger: string;
  readonly flow: string;
  readonly personId: string;
  readonly priority: Priority;
  /** When it should have begun, RFC 3339. */
  readonly dueAt: string;
  readonly acceptedAt: string;
  /** Where results go: `<channel>:<name>`. */
  readonly deliver: readonly string[];
  readonly args: Readonly<Record<string, unknown>>;
  /** Its arguments come when it may begin: further events may still join it. */
  readonly holds?: true;
  /** How many runs it gets in all; a failure before the last is no ending. */
  readonly attempts?: number;
  /** The fire whose ending set this one off. */
  readonly causedBy?: string;
}

/** Whether a fire that waits may begin. */
export type Beginning = { readonly waitMs: number } | { readonly waitMs: 0; readonly args: FireInput['args'] };

/** What a flow's own code says of its end; the ending of the fire follows from it. */
export interface FlowOutcome {
  readonly outcome: string;
  /** Small facts for the log book: counts and ids. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
  /** Set when the flow ended without doing its work on purpose. */
  readonly skipped?: string;
}

export interface FireEnding {
  readonly fireId: string;
  readonly ending: Ending;
  readonly reason?: string;
  readonly outcome?: FlowOutcome;
}
