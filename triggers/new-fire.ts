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
    args: argsFor(trigger, event),
    ...(event.payload === undefined ? {} : { payload: event.payload }),
    ...(event.causedBy === undefined ? {} : { causedBy: event.causedBy }),
  };
}

function policyOf({ retry, onFailure }: Trigger): FirePolicy {
  return { ...(retry === undefined ? {} : { retry }), ...(onFailure === undefined ? {} : { onFailure }) };
}

/**
 * For `serviceFault` the plan as the file says now, and what shows whether the service is well: `verify.http`, what the
 * trigger asks, else what `steward.yaml` asks of the service. Nobody who fires a trigger says what is called and asked.
 */
function argsFor(
  { run, name, when, fault, with: given }: Trigger,
  { kind, args }: Pick<TriggerEvent, 'kind' | 'args'>,
): Record<string, unknown> {
  const all = { ...given, ...args };
  if (run !== workflowTypes.serviceFault) return all;
  const { fault: _fault, target: _target, ...rest } = all;
  // Changes of a watch and of a service are ours; only the latter names a target.
  const target = targetOf(name, when, fault?.verify.http) ?? (kind === 'http' ? args?.target : undefined);
  return { ...rest, fault: fault ?? {}, ...(target === undefined ? {} : { target }) };
}

function targetOf(name: string, when: Trigger['when'], asked: FaultPlan['verify']['http']): FaultTarget | undefined {
  if (asked !== undefined) return { ask: asked };
  if ('http' in when) return { http: when.http };
  return 'metric' in when ? { watch: name } : undefined;
}
