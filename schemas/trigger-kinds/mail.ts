import { z } from 'zod';
import { duration } from '../common.ts';
import { pattern } from '../pattern.ts';

/** New mail was taken in. Every condition that is named must hold; with none, any mail counts. */
export const mailWhen = z.strictObject({
  mail: z
    .strictObject({
      account: z.string().optional().describe('Name of a file in channels/; any account when left out'),
      folder: z.string().optional().describe('Mailbox it was read from, such as INBOX'),
      from: pattern
        .optional()
        .describe('Pattern (RE2) that address or name of the sender holds; free text, proves nothing'),
      proven: z
        .boolean()
        .optional()
        .describe('true: only where DKIM, DMARC or a trusted server vouches for the sender'),
      subject: pattern.optional().describe('Pattern (RE2) that the subject holds'),
      attachment: z.boolean().optional().describe('true: with an attachment; false: without'),
      class: z
        .array(z.enum(['person', 'list', 'machine', 'bounce', 'invite']))
        .min(1)
        .optional()
        .describe('What kind of mail it is'),
      unread: z.boolean().optional().describe('true: not seen yet when it was taken in; false: seen'),
    })
    .describe('New mail was taken in'),
  /** A burst of mail is one fire: it waits until this long has passed since the first mail. */
  settle: duration.default(30_000).describe('Mail of this long is one fire'),
});
