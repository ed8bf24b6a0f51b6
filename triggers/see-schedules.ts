import { inArray } from 'drizzle-orm';
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
  const scheduled = new Set<string>();
  for (const trigger of files.triggers.values()) {
    const rule = slotRuleOf(trigger, ownerZone(files));
    if (rule === undefined) continue;
    scheduled.add(trigger.name);
    if (known.get(trigger.name) !== (trigger.enabled ? ruleToText(rule) : noRule))
      await accountSlots(deps, trigger.name);
  }
  // A file that comes back owes nothing of the time when it was not there, as one that was switched off.
  const gone = cursors.filter(({ trigger, hash }) => isSlotCursor(hash) && !scheduled.has(trigger));
  if (gone.length === 0) return;
  await deps.store.db
    .update(triggerCursors)
    .set({ hash: noRule })
    .where(
      inArray(
        triggerCursors.trigger,
        gone.map(({ trigger }) => trigger),
      ),
    );
}

/** Mail has cursors in the same table, whose text is an instant; those of slots hold a rule. */
const isSlotCursor = (hash: string) => hash.startsWith('{');
