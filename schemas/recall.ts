/** Something that was said or learned, as it is looked for. */
export interface Remembered {
  readonly id: string;
  readonly text: string;
  /** Who said it. */
  readonly speaker?: string;
  readonly at?: Date;
  /** What stands beside what: within a thread the order is that in which it was said. */
  readonly thread: string;
}

/** What was found, best first. */
export interface RecallHit {
  readonly id: string;
  /** Compares hits of one question, and of no other. */
  readonly score: number;
  /** In words: which terms, whose, from when, or what stands beside it. */
  readonly why: readonly string[];
}
