import { z } from 'zod';
import { endings } from '../endings.ts';

/** A fire of another trigger ended so. */
export const flowWhen = z.strictObject({
  flow: z
    .strictObject({
      run: z.string().min(1).optional().describe('The flow that ended'),
      trigger: z.string().min(1).optional().describe('The trigger whose fire ended'),
      ending: z.array(z.enum(endings)).min(1).default(['failed']),
      outcome: z.string().optional().describe('What the flow said of its end, such as sent'),
    })
    .refine((f) => f.run !== undefined || f.trigger !== undefined, 'expected run, trigger, or both'),
});
