import type { SlotRule } from '../schemas/slot-rule.ts';

/** What a cursor says while its trigger is switched off: then there are no slots. */
export const noRule = 'off';

/**
 * A rule as `trigger_cursors` keeps it: the rule itself and not the file's hash, since a changed priority must not
 * forget a slot. The same rule is the same text.
 */
export function ruleToText(rule: SlotRule): string {
  return JSON.stringify(Object.fromEntries(Object.entries(rule).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/**
 * The rule that a cursor says was in force, or undefined where there was none.
 *
 * @param now - the rule of the file: its end is that of a row as 0.1 wrote it, `<cron> <zone>`, and it stands in for a
 * text that nobody wrote
 */
export function ruleOfText(text: string, now: SlotRule): SlotRule | undefined {
  if (text === noRule) return undefined;
  if (text.startsWith('{')) {
    try {
      return JSON.parse(text) as SlotRule;
    } catch {
      return now;
    }
  }
  const gap = text.lastIndexOf(' ');
  if (gap < 0) return now;
  const until = now.until === undefined ? {} : { until: now.until };
  return { form: 'cron', schedule: text.slice(0, gap), timezone: text.slice(gap + 1), ...until };
}
