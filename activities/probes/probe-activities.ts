import { sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { Files } from '../../schemas/file-set.ts';
import { type CheckResult, recordChecks } from '../../store/health/record-checks.ts';
import type { Store } from '../../store/store.ts';
import { type MachineFigures, readMachine } from '../read-machine.ts';
import { checkAccounts } from './check-accounts.ts';
import { checkMachine } from './check-machine.ts';
import { callHeartbeat, checkService } from './check-service.ts';

interface ProbeDeps {
  readonly store: Store;
  readonly files: Pick<Files, 'current'>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** Rejects when Temporal does not answer. */
  readonly temporalReachable: () => Promise<void>;
  /** `$STEWARD_HOME`: a path on the disk that holds the data. */
  readonly home: string;
  readonly readFigures?: (home: string) => Promise<MachineFigures>;
  /** When Temporal scheduled this activity: a retry then tells the transitions of its first try. */
  readonly scheduledAt?: () => Date | undefined;
}

/** What one round of checks came to. */
export interface CheckRound {
  /** Changes of a settled state; each is told to the owner once. */
  readonly transitions: CheckResult[];
  /** Checks that failed in this round, settled or not. */
  readonly failing: number;
  readonly heartbeat: 'none' | 'sent' | 'failed';
}

/** Looks at the machine, Steward's parts, its channels and the services of `steward.yaml`. */
export function makeProbeActivities(deps: ProbeDeps) {
  const { store, files, log, temporalReachable, home, readFigures = readMachine } = deps;
  return {
    /**
     * One round of all checks. A failing check is a result; only a store that cannot keep the round throws.
     *
     * May be repeated; a repeated round counts once more towards `health.after`.
     *
     * @throws storeBusy
     */
    check: async (_input: Record<string, never>): Promise<CheckRound> => {
      const { instance, channels } = files.current();
      const { health } = instance;
      const parts = await Promise.all([
        readFigures(home).then((figures) => checkMachine(figures, health)),
        answers('postgres', store.db.execute(sql`select 1`)).then((one) => [one]),
        answers('temporal', temporalReachable()).then((one) => [one]),
        checkAccounts(store, { channels }),
        ...health.services.map((service) => checkService(service).then((one) => [one])),
      ]);
      const results = parts.flat();
      const since = deps.scheduledAt?.();
      const transitions = await recordChecks(store, results, {
        after: health.after,
        ...(since === undefined ? {} : { since }),
      });
      const failing = results.filter((result) => !result.healthy);
      for (const { check, healthy } of transitions) log.info({ check, healthy }, 'a health check changed');
      const heartbeat =
        health.heartbeatUrl === undefined || failing.length > 0 ? 'none' : await callHeartbeat(health.heartbeatUrl);
      if (heartbeat === 'failed') log.warn('the outgoing heartbeat got no good answer');
      return { transitions, failing: failing.length, heartbeat };
    },
  };
}

async function answers(check: string, question: Promise<unknown>): Promise<CheckResult> {
  return question.then(
    () => ({ check, healthy: true, detail: 'answers' }),
    () => ({ check, healthy: false, detail: 'does not answer' }),
  );
}
