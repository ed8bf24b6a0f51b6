/** The key of `agent:` in steward.yaml whose ceiling is reached. */
export type SpentUp = 'tokens' | 'cost' | 'tokensPerDay' | 'costPerDay';

/** What came of one step of a model. */
export interface Thought {
  /** How many calls it asks for; none: it has answered, and the turn is over. */
  readonly calls: number;
  /** Why it did not think. */
  readonly stop?: SpentUp | 'modelDown' | 'modelNone' | 'takenBack';
}

/** Why a turn ended before a model had answered it. */
export type Why = NonNullable<Thought['stop']> | 'late' | 'broken' | 'cancelled' | 'interrupted';
