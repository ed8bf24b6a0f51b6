import type { FirePolicy } from '../schemas/db/fires.ts';
import type { TriggerEvent } from '../schemas/dispatch.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import type { NewFire } from '../store/fires/open-fire.ts';

/**
 * The row of a fire as a trigger's file says now: a run finishes on the version it began with, so all that its end
 * needs is in the row. What the file says of faults may hold a token, so it travels with the sealed arguments.
 */
export function newFire(
  personId: string,
  trigger: Trigger,
  event: Pick<TriggerEvent, 'kind' | 'slotKey' | 'args' | 'payload' | 'causedBy'> & { readonly dueAt: Date },
): NewFire {
  return {
    ...{ personId, trigger: trigger.name, flow: trigger.run, slotKey: event.slotKey, kind: event.kind },
    ...{ priority: trigger.priority, deliver: trigger.deliver, dueAt: event.dueAt, policy: policyOf(trigger) },
    args: { ...trigger.with, ...(trigger.fault === undefined ? {} : { fault: trigger.fault }), ...event.args },
    ...(event.payload === undefined ? {} : { payload: event.payload }),
    ...(event.causedBy === undefined ? {} : { causedBy: event.causedBy }),
  };
}

function policyOf({ retry, onFailure }: Trigger): FirePolicy {
  return { ...(retry === undefined ? {} : { retry }), ...(onFailure === undefined ? {} : { onFailure }) };
}
