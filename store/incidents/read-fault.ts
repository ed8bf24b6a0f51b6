import { StewardError } from '../../schemas/errors.ts';
import { type FaultPlan, faultPlan } from '../../schemas/fault-plan.ts';
import type { FaultTarget } from '../../schemas/fault-target.ts';
import { argsOf, type FireRow } from '../fires/open-fire.ts';
import type { StoreIn } from '../store.ts';

/** What a fire says of a fault: the plan of its trigger's file as it was when the fault began. */
export interface Fault {
  readonly plan: FaultPlan;
  /** What shows whether the service is well; without it, an event or a person says so. */
  readonly target?: FaultTarget;
  /** The event says that the service is well again. */
  readonly recovered: boolean;
  /** What was found, in our words. */
  readonly found?: string;
}

const changeKinds = ['http', 'metric'];

/** Opens what a fire says of a fault. @throws badInput where its plan cannot be used, sealBroken */
export function readFault(store: Pick<StoreIn, 'keys'>, fire: FireRow): Fault {
  const { fault = {}, target, recovered, found } = argsOf(store, fire);
  const parsed = faultPlan.safeParse(fault);
  if (!parsed.success) throw new StewardError('badInput', `The fire ${fire.id} has no plan that can be used`);
  return {
    plan: parsed.data,
    ...(target === undefined ? {} : { target: target as FaultTarget }),
    recovered: recovered === true || (changeKinds.includes(fire.kind) && fire.slotKey.endsWith('-well')),
    ...(typeof found === 'string' ? { found } : {}),
  };
}
