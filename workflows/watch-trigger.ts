import { watch } from './proxies.ts';

/**
 * Looks once at what a trigger watches: a web service or a figure. A change of its state is one fire.
 *
 *   schedule -> watchTrigger -> watch.look -> fire
 *
 * Repeat: one at a time, each look counts once. Failure: the next look says what a look that failed would have said.
 */
export async function watchTrigger({ trigger }: { trigger: string }): Promise<{ outcome: string }> {
  return await watch.look({ trigger });
}
