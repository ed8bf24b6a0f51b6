import { CompleteAsyncError } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { type Failure, type FailureCode, failures, StewardError } from '../schemas/errors.ts';

type Activity = (input: never) => Promise<unknown>;

/** What a database driver says when the server is away: class 08, 57P and the socket's own words. @source PostgreSQL appendix A */
const storeAway = /^(08|57P|53300|40001|40P01)|^E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH)$/;
const storeWords =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error/;

/**
 * Turns what an activity threw into one Temporal failure: type = our code, retried only where the table says `again`.
 * The message is ours or names the kind of the error; foreign words may hold personal data and stay out.
 */
export function asFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure || error instanceof CompleteAsyncError) {
    return error;
  }
  const known = error instanceof StewardError ? error : storeFailure(error);
  if (known === undefined) {
    const name = error instanceof Error ? error.name : typeof error;
    // A bug: retried, so that a mended worker goes on, and told with its stack in the log of the worker.
    return ApplicationFailure.create({
      type: name,
      message: `${name} in an activity`,
      nonRetryable: false,
      cause: placeOf(error, name),
    });
  }
  const row: Failure = failures[known.code];
  const waitMs = row.waitMs === undefined ? undefined : (known.waitMs ?? row.waitMs);
  return ApplicationFailure.create({
    type: known.code,
    message: known.message,
    nonRetryable: row.kind !== 'again',
    ...(waitMs === undefined ? {} : { nextRetryDelay: waitMs }),
    ...(row.kind === 'again' ? { category: ApplicationFailureCategory.BENIGN } : {}),
  });
}

/** Where an error arose, without its words: a driver puts the values of a query into them. */
function placeOf(error: unknown, name: string): Error {
  const { code, stack = '' } = error as { code?: unknown; stack?: string };
  const words = typeof code === 'string' && /^[\w-]{1,40}$/.test(code) ? `${name} ${code}` : name;
  const place = new Error(words);
  place.stack = [words, ...stack.split('\n').filter((line) => /^\s+at /.test(line))].join('\n');
  return place;
}

function storeFailure(error: unknown): StewardError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = (at as { code?: unknown }).code;
    if ((typeof code === 'string' && storeAway.test(code)) || storeWords.test(at.message)) {
      return new StewardError('storeBusy' satisfies FailureCode, 'Postgres does not answer', { cause: error });
    }
  }
  return undefined;
}

/** Wraps every activity of a group, so that each failure that leaves it is one of ours. */
export function withFailures<G extends Record<string, Activity>>(group: G): G {
  const wrapped = Object.entries(group).map(([name, activity]) => [
    name,
    async (input: never) => {
      try {
        return await activity(input);
      } catch (error) {
        throw asFailure(error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as G;
}
