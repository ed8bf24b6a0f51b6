import { z } from 'zod';
import { type Failure, type FailureCode, failures, StewardError } from '../schemas/errors.ts';
import { nameFailure } from '../triggers/name-failure.ts';

/** An error as the API tells it. @source RFC 9457 */
export const problem = z.strictObject({
  type: z.string().describe('urn:steward:<code>'),
  title: z.string(),
  status: z.int(),
  code: z.string().describe('Stable name of the failure, or `internal`'),
  detail: z.string(),
  remedy: z.string().describe('What a person can do'),
});
export type Problem = z.infer<typeof problem>;

/** The same, with every fault of a text. */
export const faultyProblem = problem.extend({
  faults: z.array(z.strictObject({ line: z.int(), column: z.int(), message: z.string() })).optional(),
});
/** The same, with the hash of what lies there now. */
export const changedProblem = problem.extend({ hash: z.string().optional() });

/** Says whether an answer's schema is one of these. */
export const isProblem = (answer: unknown): boolean =>
  [problem, faultyProblem, changedProblem].includes(answer as never);

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not authorised',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  410: 'Gone',
  412: 'Changed meanwhile',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Cannot be used',
  429: 'Too many requests',
  424: 'Something else must be put right first',
  502: 'The far side failed',
  503: 'Busy',
};

/** Turns whatever was thrown into a problem. What is not ours says nothing of itself: its words may hold anything. */
export function problemOf(error: unknown): Problem {
  const named = nameFailure(error);
  if (named instanceof StewardError) return problemFrom(named.code, named.message);
  return {
    type: 'urn:steward:internal',
    title: 'Internal error',
    status: 500,
    code: 'internal',
    detail: 'The request could not be carried out',
    remedy: 'Read data/logs/steward.log; the failure is there with its stack.',
  };
}

/** @param status - where the request itself says more than the table, such as 413 */
export function problemFrom(code: FailureCode, detail: string, status?: number): Problem {
  const row: Failure = failures[code];
  const shown = status ?? row.http;
  return {
    type: `urn:steward:${code}`,
    title: titles[shown] ?? 'Failed',
    status: shown,
    code,
    detail,
    remedy: row.remedy,
  };
}
