import { eq } from 'drizzle-orm';
import type { Logger } from 'pino';
import { fires } from '../../schemas/db/fires.ts';
import type { Dispatch } from '../../schemas/dispatch.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { IncidentStanding, OpenedIncident } from '../../schemas/fault-run.ts';
import type { Files } from '../../schemas/file-set.ts';
import { type IncidentNews, keepIncident } from '../../store/incidents/keep-incident.ts';
import { openIncident } from '../../store/incidents/open-incident.ts';
import { type Fault, readFault } from '../../store/incidents/read-fault.ts';
import { readIncident } from '../../store/incidents/read-incidents.ts';
import type { Store } from '../../store/store.ts';
import { type ActionOutcome, callAction } from './call-action.ts';
import { fireForService } from './fire-for-service.ts';
import { lookOnce } from './look-once.ts';
import { type Story, tellStory } from './tell-story.ts';
import { type Watched, type Watching, watchService } from './watch-service.ts';

interface FaultDeps {
  readonly store: Store;
  readonly files: Pick<Files, 'current'>;
  readonly dispatch: Pick<Dispatch, 'fireEvent'>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** The owner's zone. */
  readonly zone: () => string;
  /** Ends with the activity that asks. */
  readonly cancelled?: () => AbortSignal | undefined;
}

/**
 * What is done about the fault of a service. Addresses and tokens are read from the fire; in a history only the run's
 * input has them, as part of the fire's arguments, sealed by the payload codec.
 */
export function makeFaultActivities(deps: FaultDeps) {
  const { store, log } = deps;
  const faultOf = async (fireId: string): Promise<Fault> => {
    const [fire] = await store.db.select().from(fires).where(eq(fires.id, fireId));
    if (fire === undefined) throw new StewardError('notFound', `There is no fire ${fireId}`);
    return readFault(store, fire);
  };
  return {
    /** The incident of a fire, or the open one of its trigger. May be repeated. @throws notFound, badInput, storeBusy */
    open: (input: { fireId: string; at: string }): Promise<OpenedIncident> => openIncident(store, input),
    /** Notes what happened and how it stands. May be repeated. @throws notFound, storeBusy */
    keep: (news: IncidentNews): Promise<IncidentStanding> => keepIncident(store, news),
    /** One of the plan's looks; no answer is a result. Changes nothing; may be repeated. @throws notFound, storeBusy */
    diagnose: async ({ fireId, step }: { fireId: string; step: number }): Promise<{ detail: string }> => {
      const look = (await faultOf(fireId)).plan.diagnose[step];
      if (look === undefined) throw new StewardError('badInput', `The plan of fire ${fireId} has no look ${step}`);
      const { detail } = await lookOnce(store, { ask: look.http });
      return { detail };
    },
    /** Makes the plan's one call, at most once where its answer is not known. @throws notFound, badInput, storeBusy */
    act: async ({ fireId }: { fireId: string }): Promise<ActionOutcome> => {
      const outcome = await callAction(store, { fireId });
      log.info({ outbox: outcome.outboxId, state: outcome.state }, 'the action of a fault was tried');
      return outcome;
    },
    /** Looks until the service is as wanted, or time is up. Reads only; may be repeated. @throws notFound, storeBusy */
    watch: async ({ fireId, ...watching }: Watching & { fireId: string }): Promise<Watched> => {
      const { target } = await faultOf(fireId);
      if (target === undefined) throw new StewardError('badInput', `The fire ${fireId} names nothing to look at`);
      return await watchService(store, target, watching, deps.cancelled?.());
    },
    /** The closing message with the timeline. Reads only. @throws notFound, storeBusy */
    story: async ({ fireId, endedAt }: { fireId: string; endedAt: string }): Promise<Story> => {
      const found = await readIncident(store, { fireId });
      if (found === undefined) throw new StewardError('notFound', `There is no incident of fire ${fireId}`);
      return tellStory(found.row, found.timeline, { zone: deps.zone(), endedAt: new Date(endedAt) });
    },
    /** Fires what services of `steward.yaml` name in `onFault`. May be repeated. @returns checks that are told of elsewhere */
    fire: async ({ checks }: { checks: readonly string[] }): Promise<{ told: string[] }> => {
      const told: string[] = [];
      for (const check of checks) if (await fireForService(deps, check)) told.push(check);
      return { told };
    },
  };
}
