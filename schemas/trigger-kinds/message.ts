import { z } from 'zod';
import { pattern } from '../pattern.ts';

/** A message came in on a channel. Every condition that is named must hold. */
export const messageWhen = z.strictObject({
  message: z.strictObject({
    channel: z.string().optional().describe('Name of the channel, such as api; any when left out'),
    room: z.string().optional().describe('Room or conversation, as the channel names it'),
    from: pattern.optional().describe('Pattern (RE2) that the sender’s address holds; free text, proves nothing'),
    pattern: pattern.optional().describe('Pattern (RE2) that the text holds'),
    mention: z.boolean().optional().describe('true: only where Steward is addressed'),
  }),
});
