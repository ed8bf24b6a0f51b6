import type { FireInput, FlowOutcome } from '../../schemas/flow-io.ts';
import { outbox } from '../proxies.ts';
import { settleOutbox } from './settle-outbox.ts';

/** Queues one message for each place in `deliver:` and brings each to its end. The facts go into the log book. */
export async function deliver(
  fire: FireInput,
  kind: 'digest' | 'report',
  sourceId: string,
): Promise<NonNullable<FlowOutcome['facts']>> {
  if (fire.deliver.length === 0) return { delivered: 0 };
  const { outboxIds, problems } = await outbox.queue({
    personId: fire.personId,
    fireId: fire.fireId,
    kind,
    sourceId,
    deliver: [...fire.deliver],
  });
  const states = await Promise.all(outboxIds.map((outboxId) => settleOutbox(outboxId)));
  const count = (state: string) => states.filter((s) => s === state).length;
  return {
    delivered: count('sent'),
    ...(count('unknown') > 0 ? { unknown: count('unknown') } : {}),
    ...(count('failed') + problems.length > 0 ? { undelivered: count('failed') + problems.length } : {}),
  };
}
