// What an answer of a provider means, by status and by the names that providers use.
import { expect, test } from 'vitest';
import { nameOutcome } from '../../../../activities/models/providers/name-outcome.ts';

test.each([
  [undefined, [], 'away'],
  [400, ['invalid_request_error'], 'badRequest'],
  [400, ['context_length_exceeded'], 'tooLong'],
  [400, ['exceed_context_size_error'], 'tooLong'],
  [400, [undefined, null, 'This model’s maximum context length is 8192 tokens'], 'tooLong'],
  [400, ['the input length exceeds the context length'], 'tooLong'],
  [413, [], 'tooLong'],
  [422, [], 'badRequest'],
  [401, ['invalid_api_key'], 'noKey'],
  [403, [], 'noKey'],
  [403, ['billing_not_active'], 'noMoney'],
  [402, [], 'noMoney'],
  [429, ['insufficient_quota'], 'noMoney'],
  [429, ['rate_limit_exceeded'], 'limited'],
  [404, ['model_not_found'], 'noModel'],
  [408, [], 'away'],
  [409, [], 'away'],
  [425, [], 'away'],
  [500, [], 'away'],
  [501, ['not_supported_error'], 'badRequest'],
  [503, ['overloaded_error'], 'away'],
  [529, [], 'away'],
] as const)('nameOutcome() of status %s and %j is %s', (status, words, outcome) => {
  expect(nameOutcome({ status, words })).toMatchObject({ outcome, ours: false });
});

test.each([
  ['7', 7_000],
  ['0', 0],
  ['1.5', 1_500],
  ['Fri, 27 Nov 2026 08:00:30 GMT', 30_000],
  ['Fri, 27 Nov 2026 07:00:00 GMT', 0],
  ['999999999', 86_400_000],
  ['soon', undefined],
  ['-5', 0],
  ['', undefined],
  [null, undefined],
])('nameOutcome() reads Retry-After %j as %s ms', (retryAfter, waitMs) => {
  const now = Date.parse('2026-11-27T08:00:00Z');
  expect(nameOutcome({ status: 429, retryAfter }, now).waitMs).toBe(waitMs);
});
