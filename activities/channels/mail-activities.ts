import { Context } from '@temporalio/activity';
import { mailTimings } from './mail/mail-timings.ts';
import { retryGate } from './retry-gate.ts';
import { runSession } from './run-session.ts';
import type { SessionDeps, SessionEnd } from './session-deps.ts';

export type MailActivityDeps = Pick<SessionDeps, 'store' | 'files' | 'dispatch' | 'log' | 'notify' | 'resolveDns'>;

/** Of all accounts of a process together: providers lock out whoever asks more often. A timer may come a little early. */
const retriesApartMs = 1_050;

/** Activities of the mail channels. */
export function makeMailActivities(deps: MailActivityDeps) {
  const retries = retryGate(retriesApartMs);
  return {
    /**
     * Reads one account until its file is gone or its login is refused for good. Heartbeats every 5 s; a cancel or a
     * worker's shutdown ends it. May be repeated: a newer session takes the account over.
     *
     * @throws storeBusy
     */
    runSession: async ({ accountId }: { accountId: string }): Promise<SessionEnd> => {
      const context = Context.current();
      const heartbeat = () => context.heartbeat();
      const signal = context.cancellationSignal;
      const end = await runSession({ ...deps, timings: mailTimings, heartbeat, signal, retries }, accountId);
      // Rejects with the reason, so that Temporal records a cancel as one and moves a session of a worker that stops.
      return end.ended === 'aborted' ? context.cancelled : end;
    },
  };
}
