/** What can set off a flow, in the order of the documentation. Each is a key of `when:`. */
export const triggerKinds = ['schedule', 'mail', 'message', 'http', 'webhook', 'metric', 'file', 'flow'] as const;
export type TriggerKind = (typeof triggerKinds)[number];

/** The kind of a trigger: the key that its `when:` holds; `every`, `at` and `rrule` are schedules too. */
export function kindOf({ when }: { readonly when: object }): TriggerKind {
  return triggerKinds.find((kind) => kind in when) ?? 'schedule';
}

/** What becomes of an event while a run of its trigger is under way. */
export type Overlap = 'skip' | 'allow' | 'cancelPrevious' | { readonly policy: 'queue'; readonly max: number };

/**
 * What happens to an event while a run is under way; where the file says nothing, an event is not lost to one before it.
 * Mail is never skipped for a run: `skip` lets one more wait, which takes along all that comes meanwhile.
 */
export function overlapOf(trigger: { readonly when: object; readonly overlap?: Overlap | undefined }): Overlap {
  const kind = kindOf(trigger);
  if (trigger.overlap !== undefined) {
    return kind === 'mail' && trigger.overlap === 'skip' ? { policy: 'queue', max: 1 } : trigger.overlap;
  }
  return kind === 'schedule' || kind === 'http' || kind === 'metric' ? 'skip' : 'allow';
}
