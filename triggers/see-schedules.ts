import { triggerCursors } from '../schemas/db/fires.ts';
import { slotRuleOf } from '../schemas/slot-rule.ts';
import { accountSlots } from './account-slots.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { nameFailure } from './name-failure.ts';
import { ownerZone } from './owner-zone.ts';
import { noRule, ruleToText } from './rule-text.ts';

/**
 * Accounts for schedules that are new or differ from the rule their cursor knows, at the moment their file is taken up:
 * a slot a second later is then one of the new rule. One query where nothing differs; may be repeated.
 *
 * @throws storeBusy
 */
export async function seeSchedules(deps: DispatchDeps): Promise<void> {
  const files = deps.files.current();
  let cursors: { trigger: string; hash: string }[];
  try {
    cursors = await deps.store.db
      .select({ trigger: triggerCursors.trigger, hash: triggerCursors.hash })
      .from(triggerCursors);
  } catch (error) {
    throw nameFailure(error);
  }
  const known = new Map(cursors.map(({ trigger, hash }) => [trigger, hash]));
  for (const trigger of files.triggers.values()) {
    const rule = slotRuleOf(trigger, ownerZone(files));
    if (rule === undefined) continue;
    if (known.get(trigger.name) !== (trigger.enabled ? ruleToText(rule) : noRule))
      await accountSlots(deps, trigger.name);
  }
}
