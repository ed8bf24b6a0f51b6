import { eq } from 'drizzle-orm';
import type { Logger } from 'pino';
import { fires } from '../../schemas/db/fires.ts';
import { healthStates } from '../../schemas/db/records.ts';
import type { Dispatch } from '../../schemas/dispatch.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { FaultTarget } from '../../schemas/fault-target.ts';
import type { Files } from '../../schemas/file-set.ts';
import { slotKeys } from '../../schemas/ids.ts';
import type { InstanceFile } from '../../schemas/instance-file.ts';
import { hasOpenIncident } from '../../store/incidents/read-incidents.ts';
import type { Store } from '../../store/store.ts';

interface FireDeps {
  readonly store: Store;
  readonly files: Pick<Files, 'current'>;
  readonly dispatch: Pick<Dispatch, 'fireEvent'>;
  readonly log: Pick<Logger, 'warn'>;
}

type Service = InstanceFile['health']['services'][number];

/**
 * Fires the trigger that a service of `steward.yaml` names in `onFault`, once for each time that it settled as ill.
 * May be repeated: the same transition is the same fire.
 *
 * @param check - `service:<name>`
 * @returns true where the flow of that trigger tells the owner, so that nobody else need
 * @throws storeBusy
 */
export async function fireForService({ store, files, dispatch, log }: FireDeps, check: string): Promise<boolean> {
  const name = check.replace(/^service:/, '');
  const service = files.current().instance.health.services.find((one) => one.name === name);
  if (service?.onFault === undefined) return false;
  const [state] = await store.db.select().from(healthStates).where(eq(healthStates.check, check));
  if (state === undefined) return false;
  if (state.healthy) return await hasOpenIncident(store, service.onFault);
  try {
    const { fireId } = await dispatch.fireEvent({
      ...{ trigger: service.onFault, kind: 'http', source: 'healthCheck', dueAt: state.since },
      slotKey: slotKeys.health(store.keys.fingerprint('health', check).slice(0, 16), state.since),
      event: { check, detail: state.detail, since: state.since.toISOString() },
      args: { found: state.detail, target: targetOf(service) },
    });
    const [fire] = await store.db.select({ state: fires.state }).from(fires).where(eq(fires.id, fireId));
    return fire?.state === 'open';
  } catch (error) {
    if (!(error instanceof StewardError) || error.code !== 'notFound') throw error;
    log.warn({ check }, 'the trigger that onFault names is not in force');
    return false;
  }
}

function targetOf({ url, status, timeout }: Service): FaultTarget {
  return { ask: { url, method: 'GET', headers: {}, timeout, expect: status } };
}
