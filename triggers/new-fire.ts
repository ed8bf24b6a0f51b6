import type { FirePolicy } from '../schemas/db/fires.ts';
import type { TriggerEvent } from '../schemas/dispatch.ts';
import type { FaultPlan } from '../schemas/fault-plan.ts';
import type { FaultTarget } from '../schemas/fault-target.ts';
import { workflowTypes } from '../schemas/protocol.ts';
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
    args: { ...trigger.with, ...faultArgs(trigger), ...event.args },
    ...(event.payload === undefined ? {} : { payload: event.payload }),
    ...(event.causedBy === undefined ? {} : { causedBy: event.causedBy }),
  };
}

function policyOf({ retry, onFailure }: Trigger): FirePolicy {
  return { ...(retry === undefined ? {} : { retry }), ...(onFailure === undefined ? {} : { onFailure }) };
}

/** The plan as the file says now, and what shows whether the service is well: `verify.http`, or what the trigger asks. */
function faultArgs({ run, name, when, fault }: Trigger): Record<string, unknown> {
  if (run !== workflowTypes.serviceFault) return {};
  const target = targetOf(name, when, fault?.verify.http);
  return { ...(fault === undefined ? {} : { fault }), ...(target === undefined ? {} : { target }) };
}

function targetOf(name: string, when: Trigger['when'], asked: FaultPlan['verify']['http']): FaultTarget | undefined {
  if (asked !== undefined) return { ask: asked };
  if ('http' in when) return { http: when.http };
  return 'metric' in when ? { watch: name } : undefined;
}
