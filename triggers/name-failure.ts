import { isGrpcServiceError } from '@temporalio/client';
import { StewardError } from '../schemas/errors.ts';

/** A connection that is refused, cut or shut down, and transactions that stood in each other's way. @source PostgreSQL appendix A, class 08, 40 and 57P */
const storeDown = /^(08...|57P0[1-5]|53300|40001|40P01|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT)$/;
/** The words of pg, which gives these no code. */
const storeWords =
  /connection terminated|timeout exceeded when trying to connect|query read timeout|client has encountered a connection error/i;
/** gRPC codes that pass by themselves: CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE. */
const temporalDown = new Set([1, 4, 8, 14]);

/**
 * Turns what drivers throw into an error of ours where it means that a server is restarting; anything else stays.
 *
 * @returns storeBusy, temporalBusy, or the error itself
 */
export function nameFailure(error: unknown): unknown {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if (cause instanceof StewardError) return cause;
    if (isGrpcServiceError(cause) && temporalDown.has(cause.code)) {
      return new StewardError('temporalBusy', 'Temporal does not answer', { cause: error });
    }
    const { code } = cause as NodeJS.ErrnoException;
    if ((typeof code === 'string' && storeDown.test(code)) || storeWords.test(cause.message)) {
      return new StewardError('storeBusy', 'Postgres does not answer', { cause: error });
    }
  }
  return error;
}
