import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { asFailure, withFailures } from '../../../activities/fail.ts';
import { StewardError } from '../../../schemas/errors.ts';
import { openDatabase } from '../../../store/open-database.ts';

/*
 * - What leaves an activity is one Temporal failure: type = our code, retried only where the table says so.
 * - Words of others stay out of it.
 */

describe('asFailure()', () => {
  test.each([
    ['mailBusy', false, 5_000, ApplicationFailureCategory.BENIGN],
    ['mailLoginRefused', true, undefined, undefined],
    ['sealBroken', true, undefined, undefined],
  ] as const)('asFailure() makes %s of the table', (code, nonRetryable, waitMs, category) => {
    const failure = asFailure(new StewardError(code, 'Cannot do it'));
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type: code, message: 'Cannot do it', nonRetryable });
    expect((failure as ApplicationFailure).nextRetryDelay).toBe(waitMs);
    if (category !== undefined) expect((failure as ApplicationFailure).category).toBe(category);
  });

  test('asFailure() calls a database that is away storeBusy, through whatever wraps it', async () => {
    const { db, close } = openDatabase('postgres://nobody@127.0.0.1:1/none');
    const error = await db.execute('select 1').catch((cause: unknown) => cause);
    expect(asFailure(error)).toMatchObject({
      type: 'storeBusy',
      nonRetryable: false,
      message: 'Postgres does not answer',
    });
    await close();
  });

  test('asFailure() keeps the words of an unknown error out of its message and lets it be tried again', () => {
    const failure = asFailure(new TypeError('CANARY of bob@example.org'));
    expect(failure).toMatchObject({ type: 'TypeError', nonRetryable: false });
    expect(`${failure.stack} ${(failure.cause as Error).message} ${(failure.cause as Error).stack}`).not.toContain(
      'CANARY',
    );
    expect((failure.cause as Error).stack).toContain('fail.test.ts');
  });

  test('asFailure() lets a cancellation and a failure of Temporal pass', () => {
    const cancelled = new CancelledFailure('cancelled');
    const ours = ApplicationFailure.nonRetryable('x');
    expect(asFailure(cancelled)).toBe(cancelled);
    expect(asFailure(ours)).toBe(ours);
  });
});

describe('withFailures()', () => {
  test('withFailures() wraps every activity and hands results through', async () => {
    const group = withFailures({
      good: async ({ n }: { n: number }) => n + 1,
      bad: async () => Promise.reject(new StewardError('notFound', 'There is none')),
    });
    expect(await group.good({ n: 1 })).toBe(2);
    await expect(group.bad()).rejects.toMatchObject({ type: 'notFound', nonRetryable: true });
  });
});
