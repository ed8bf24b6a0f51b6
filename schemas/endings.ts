/** How a fire can end. Each ends exactly once. @source docs/design/fires.md */
export const endings = ['ran', 'ranLate', 'skipped', 'missed', 'failed', 'cancelled'] as const;
export type Ending = (typeof endings)[number];

/** States of an outward effect. `unknown` is shown, and never silently sent again. */
export const effectStates = ['queued', 'sending', 'sent', 'failed', 'unknown'] as const;
export type EffectState = (typeof effectStates)[number];

/** States of a fault of a service. `recovered` waits whether it stays so; the last two are over. */
export const incidentStates = ['open', 'acknowledged', 'recovered', 'closed', 'cancelled'] as const;
export type IncidentState = (typeof incidentStates)[number];

/** What became of an approval. `expired` is a no; `replaced` is one whose content changed before anybody answered. */
export const approvalStates = ['waiting', 'approved', 'denied', 'expired', 'replaced'] as const;
export type ApprovalState = (typeof approvalStates)[number];

export type Priority = 'urgent' | 'high' | 'normal' | 'low' | 'background';
