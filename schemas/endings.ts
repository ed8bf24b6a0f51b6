/** How a fire can end. Each ends exactly once. @source docs/design/fires.md */
export const endings = ['ran', 'ranLate', 'skipped', 'missed', 'failed', 'cancelled'] as const;
export type Ending = (typeof endings)[number];

/** States of an outward effect. `unknown` is shown, and never silently sent again. */
export const effectStates = ['queued', 'sending', 'sent', 'failed', 'unknown'] as const;
export type EffectState = (typeof effectStates)[number];

/** States of a fault of a service. `recovered` waits whether it stays so; the last two are over. */
export const incidentStates = ['open', 'acknowledged', 'recovered', 'closed', 'cancelled'] as const;
export type IncidentState = (typeof incidentStates)[number];

export type Priority = 'urgent' | 'high' | 'normal' | 'low' | 'background';
