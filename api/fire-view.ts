import { z } from 'zod';
import { endings } from '../schemas/endings.ts';
import { fireKinds } from '../schemas/fire-kinds.ts';
import type { FireRow } from '../store/fires/open-fire.ts';

/** A fire as the API shows it. */
export const fireView = z.strictObject({
  id: z.string(),
  trigger: z.string(),
  flow: z.string(),
  kind: z.enum(fireKinds).describe('What set it off'),
  slotKey: z.string(),
  state: z.enum(['open', ...endings]),
  reason: z.string().optional(),
  lateMs: z.int().optional().describe('Milliseconds between due and accepted, when that is late'),
  priority: z.enum(['urgent', 'high', 'normal', 'low', 'background']),
  deliver: z.array(z.string()),
  outcome: z.string().optional().describe('What the flow says of its end'),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  waits: z.enum(['queue', 'debounce']).optional().describe('Open, and behind another run or still collecting events'),
  causedBy: z.string().optional().describe('The fire whose ending set this one off'),
  workflowId: z.string(),
  dueAt: z.iso.datetime(),
  acceptedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
});
export type FireView = z.infer<typeof fireView>;

/** A row of the ledger as the API shows it; arguments stay inside. */
export function viewFire(fire: FireRow): FireView {
  return {
    id: fire.id,
    trigger: fire.trigger,
    flow: fire.flow,
    kind: fire.kind,
    slotKey: fire.slotKey,
    state: fire.state,
    ...(fire.reason === null ? {} : { reason: fire.reason }),
    ...(fire.lateMs === null ? {} : { lateMs: fire.lateMs }),
    priority: fire.priority,
    deliver: fire.deliver,
    ...(fire.outcome === null ? {} : { outcome: fire.outcome.outcome, facts: fire.outcome.facts ?? {} }),
    ...(fire.state !== 'open' || fire.waits === null ? {} : { waits: fire.waits }),
    ...(fire.causedBy === null ? {} : { causedBy: fire.causedBy }),
    workflowId: fire.workflowId,
    dueAt: fire.dueAt.toISOString(),
    acceptedAt: fire.acceptedAt.toISOString(),
    ...(fire.endedAt === null ? {} : { endedAt: fire.endedAt.toISOString() }),
  };
}
