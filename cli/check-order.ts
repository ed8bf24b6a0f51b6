import { priorityKeys } from '../schemas/protocol.ts';
import { readSettings } from '../schemas/settings.ts';
import { readPorts } from '../workers/home/choose-ports.ts';
import type { Home } from '../workers/home/open-home.ts';

const probes = {
  priority: { rest: { priorityKey: priorityKeys.low }, first: { priorityKey: priorityKeys.urgent } },
  fairness: { rest: { fairnessKey: 'many' }, first: { fairnessKey: 'one' } },
} as const;
type Ordered = keyof typeof probes;

const words = {
  priority: { good: 'urgent work was handed out', bad: 'urgent work waits behind low work' },
  fairness: { good: 'work of another trigger was handed out', bad: 'a trigger waits behind the flood of another one' },
};

/** A busy server may need longer until what was started lies in its queue: a bad finding is looked at again. */
const settles = [300, 2_000];

/**
 * Finds out whether the Temporal server obeys priorities, or shares its slots fairly among triggers. An older server
 * ignores both without a word unless its dynamic configuration says otherwise.
 */
export async function checkOrder(
  what: Ordered,
  home: Pick<Home, 'ports'>,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly state: 'ok' | 'fail' | 'skip'; readonly found: string }> {
  // Only here: the other checks need no gRPC library.
  const [{ Connection }, { temporalOptions }, { probeOrder }] = await Promise.all([
    import('@temporalio/client'),
    import('../workers/temporal-options.ts'),
    import('./probe-order.ts'),
  ]);
  try {
    const external = env.TEMPORAL_ADDRESS;
    const settings = external ? readSettings(env) : undefined;
    const options = settings ? temporalOptions(settings) : { address: `127.0.0.1:${readPorts(home.ports)?.temporal}` };
    const namespace = settings?.temporal.namespace ?? 'steward';
    const connection = await Connection.connect({ ...options, connectTimeout: 5_000 });
    try {
      for (const settleMs of settles) {
        const place = await probeOrder(connection, { namespace, settleMs, ...probes[what] });
        if (place !== undefined) return { state: 'ok', found: `${words[what].good} as number ${place} of 61` };
      }
      return { state: 'fail', found: words[what].bad };
    } finally {
      await connection.close();
    }
  } catch (error) {
    // That the server is not there is another check's to say.
    return { state: 'skip', found: `could not be measured: ${(error as Error).message}` };
  }
}
