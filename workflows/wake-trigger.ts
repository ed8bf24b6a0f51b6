import { triggers } from './proxies.ts';

/**
 * Accounts for every slot of one schedule since the last accounted one. A wake is a hint, the cursor is the truth.
 *
 *   schedule -> wakeTrigger -> triggers.accountSlots
 *
 * Repeat: any number; each slot is one row. Failure: the next wake and the sweeper do the same work.
 */
export async function wakeTrigger({ trigger }: { trigger: string }): Promise<{ outcome: string }> {
  const { fired, missed, skipped } = await triggers.accountSlots({ trigger });
  return { outcome: `fired ${fired}, missed ${missed}, skipped ${skipped}` };
}
