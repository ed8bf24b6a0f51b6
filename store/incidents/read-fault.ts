import { StewardError } from '../../schemas/errors.ts';
import { type FaultPlan, faultPlan } from '../../schemas/fault-plan.ts';
import { type FaultTarget, faultTarget } from '../../schemas/fault-target.ts';
import { visibleLine } from '../../schemas/visible-text.ts';
import { argsOf, type FireRow } from '../fires/open-fire.ts';
import type { StoreIn } from '../store.ts';

/** What a fire says of a fault: the plan of its trigger's file as it was when the fault began. */
export interface Fault {
  readonly plan: FaultPlan;
  /** What shows whether the service is well; without it, an event or a person says so. */
  readonly target?: FaultTarget;
  /** The event says that the service is well again. */
  readonly recovered: boolean;
  /** What was found: our words, or one line of those that the file's `map` takes from an event, cleaned. */
  readonly found?: string;
}

/** Characters. */
const mostFound = 200;
const changeKinds = ['http', 'metric'];

/** Opens what a fire says of a fault. @throws badInput where its plan or its target cannot be used, sealBroken */
export function readFault(store: Pick<StoreIn, 'keys'>, fire: FireRow): Fault {
  const { fault = {}, target, recovered, found, event } = argsOf(store, fire);
  const parsed = faultPlan.safeParse(fault);
  if (!parsed.success) throw new StewardError('badInput', `The fire ${fire.id} has no plan that can be used`);
  const looked = faultTarget.optional().safeParse(target);
  if (!looked.success) throw new StewardError('badInput', `The fire ${fire.id} names nothing that can be looked at`);
  return {
    plan: parsed.data,
    ...(looked.data === undefined ? {} : { target: looked.data }),
    recovered: recovered === true || (changeKinds.includes(fire.kind) && saysWell(fire, event)),
    ...(typeof found === 'string' ? { found: visibleLine(found, mostFound) } : {}),
  };
}

/** Of changes that were collected into one fire the newest counts, and the key is that of the first. */
function saysWell({ slotKey }: FireRow, event: unknown): boolean {
  const { faulty } = (event ?? {}) as { faulty?: unknown };
  return typeof faulty === 'boolean' ? !faulty : slotKey.endsWith('-well');
}
