import { z } from 'zod';
import { StewardError } from '../../schemas/errors.ts';
import { nameFailure } from '../../triggers/name-failure.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

const well = z.strictObject({ status: z.literal('ok') });

/** The process answers. */
export const healthz = route({
  method: 'get',
  path: '/healthz',
  summary: 'Whether the process is alive',
  access: 'open',
  answers: { 200: well },
  handle: () => ({ status: 200, body: { status: 'ok' } }),
});

/** A probe that hangs is an answer too. */
const readyTimeoutMs = 5_000;

/** Everything that Steward needs answers. */
export const readyz = route({
  method: 'get',
  path: '/readyz',
  summary: 'Whether Postgres, Temporal and the workers are ready',
  access: 'open',
  answers: { 200: well, 503: problem },
  handle: async ({ ready }) => {
    const signal = AbortSignal.timeout(readyTimeoutMs);
    const tooLong = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new StewardError('childFailed', 'Not ready: no answer in 5 s')));
    });
    try {
      await Promise.race([ready(), tooLong]);
    } catch (error) {
      const named = nameFailure(error);
      if (named instanceof StewardError) throw named;
      throw new StewardError('childFailed', `Not ready: ${(named as Error).message}`, { cause: error });
    }
    return { status: 200, body: { status: 'ok' } };
  },
});
