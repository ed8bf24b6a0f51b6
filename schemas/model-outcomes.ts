import type { FailureCode } from './errors.ts';

const minute = 60_000;

/** What one call of a model came to, and what follows. Retry, fallback and cooldown are three things. */
export interface ModelOutcome {
  readonly means: string;
  /** The failure that leaves the router when no model is left; Temporal tries `modelBusy` again. */
  readonly failure: FailureCode;
  /** Whether the next model is asked. Never after a first word was handed on. */
  readonly next: boolean;
  /** What is left alone afterwards. */
  readonly rests: 'nothing' | 'model' | 'provider';
  /** For how long at first, milliseconds; a provider's own word counts more. */
  readonly restMs: number;
  /** Twice as long for each time in a row, up to this, milliseconds. */
  readonly restMostMs: number;
  /** So many in a row before anything is left alone. */
  readonly after: number;
  /** Whether it is asked while it rests where there is nobody else: it may have come back by itself. */
  readonly lastResort: boolean;
}

const nobody = { rests: 'nothing', restMs: 0, restMostMs: 0, after: 1, lastResort: false } as const;
const passing = { failure: 'modelBusy', next: true, rests: 'model', after: 1 } as const;
const refused = { failure: 'modelRefused', next: true, after: 1, lastResort: false } as const;

export const modelOutcomes = {
  limited: {
    means: 'too many calls: status 429, or its own `limits`',
    ...{ ...passing, restMs: 10_000, restMostMs: 10 * minute, lastResort: false },
  },
  away: {
    means: 'no answer, a broken connection, or status 408, 409, 425 or any other 5xx',
    ...{ ...passing, restMs: 5_000, restMostMs: 10 * minute, lastResort: true },
  },
  slow: {
    means: 'no word in time',
    ...{ ...passing, restMs: 30_000, restMostMs: 10 * minute, lastResort: true },
  },
  broke: {
    means: 'the answer ended before it was whole, or was no answer of this protocol',
    ...{ ...passing, restMs: 5_000, restMostMs: 10 * minute, lastResort: true },
  },
  tooMuch: {
    means: 'the answer never ended, or was longer than any may be',
    ...{ ...passing, restMs: minute, restMostMs: 10 * minute, lastResort: false },
  },
  badRequest: { means: 'this question is refused: status 501, or any other 4xx', ...refused, ...nobody },
  tooLong: { means: 'the question is longer than its context', ...refused, ...nobody },
  noKey: {
    means: 'the key is refused: status 401 or 403',
    ...{ ...refused, rests: 'provider', restMs: 10 * minute, restMostMs: 60 * minute },
  },
  noMoney: {
    means: 'what was paid for is used up: status 402, or a code that says so',
    ...{ ...refused, rests: 'provider', restMs: 60 * minute, restMostMs: 360 * minute },
  },
  noModel: {
    means: 'there is no such model: status 404',
    ...{ ...refused, rests: 'model', restMs: 10 * minute, restMostMs: 60 * minute },
  },
  spentUp: { means: 'it would go beyond a budget', failure: 'modelNone', next: true, ...nobody },
  lied: {
    means: 'twice no object of the schema that was asked for',
    ...{ failure: 'modelLied', next: true, rests: 'model', restMs: minute, restMostMs: 10 * minute },
    ...{ after: 3, lastResort: false },
  },
} as const satisfies Record<string, ModelOutcome>;
export type ModelOutcomeName = keyof typeof modelOutcomes;

/** What is on record of a call: whether it was answered, now or before, or why not. */
export const callOutcomes = [
  'answered',
  'reused',
  'stopped',
  ...(Object.keys(modelOutcomes) as ModelOutcomeName[]),
] as const;
export type CallOutcome = (typeof callOutcomes)[number];
