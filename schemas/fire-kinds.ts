import { triggerKinds } from './trigger-kinds.ts';

/** What set a fire off: a kind of trigger, a person, a range asked for once more, or the failure of another fire. */
export const fireKinds = [...triggerKinds, 'manual', 'backfill', 'failure'] as const;
export type FireKind = (typeof fireKinds)[number];
