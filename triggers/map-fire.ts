import type { Trigger } from '../schemas/trigger-file.ts';
import type { NewFire } from '../store/fires/open-fire.ts';
import { mapArguments } from './decide-condition.ts';

/**
 * A fire with the arguments that `map` makes of its event, or the reason why they cannot be made. Pure.
 *
 * @param event - what the expressions see
 */
export function mapFire(
  trigger: Pick<Trigger, 'map'>,
  fire: NewFire,
  event: Readonly<Record<string, unknown>>,
  now: Date,
): { readonly fire: NewFire } | { readonly failed: string } {
  try {
    return { fire: { ...fire, args: { ...fire.args, ...mapArguments(trigger, event, now) } } };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { failed: error.message };
  }
}
