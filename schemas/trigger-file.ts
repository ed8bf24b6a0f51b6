import { z } from 'zod';
import { duration, timezone } from './common.ts';
import { parseCron } from './parse-cron.ts';

const when = z.union([
  z.strictObject({
    schedule: z
      .string()
      .superRefine(checkCron)
      .describe('Cron with 5 or 6 fields (seconds first), or @hourly, @daily, @weekly, @monthly, @yearly'),
    timezone: timezone.optional().describe('IANA name; the owner’s zone when left out'),
  }),
  z.strictObject({
    mail: z
      .strictObject({
        account: z.string().optional().describe('Name of a file in channels/; any account when left out'),
      })
      .describe('New mail was taken in'),
    /** A burst of mail is one fire: it waits until this long has passed since the last mail. */
    settle: duration.default(30_000),
  }),
]);

function checkCron(expression: string, context: z.RefinementCtx): void {
  try {
    parseCron(expression);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
}

/** One trigger: one file in `triggers/`. The file's name is the trigger's name. @source DESIGN.md section 6 */
export const triggerFile = z
  .strictObject({
    run: z.string().min(1).describe('A flow: emailDigest, morningReport, healthCheck, or a file in workflows/'),
    when,
    enabled: z.boolean().default(true),
    owner: z.string().default('me').describe('Whose trigger this is; a name in steward.yaml'),
    missed: z
      .strictObject({
        policy: z.enum(['none', 'latest', 'all']),
        within: duration.default(86_400_000).describe('Older slots are recorded as missed'),
        max: z.int().min(1).max(100).default(10).describe('With `all`: at most so many are caught up, newest first'),
      })
      .optional(),
    overlap: z.enum(['skip', 'allow', 'cancelPrevious']).default('skip'),
    priority: z.enum(['urgent', 'high', 'normal', 'low', 'background']).default('normal'),
    deliver: z
      .array(z.string().regex(/^[a-z]+:[a-z0-9._-]+$/i, 'expected <channel>:<name>, such as mail:me'))
      .default([]),
    with: z.record(z.string(), z.json()).default({}).describe('Arguments for the flow'),
  })
  .refine((file) => !('schedule' in file.when) || file.missed !== undefined, {
    path: ['missed'],
    message: 'is required for a schedule: say what happens to a slot that passed while the machine was off',
  });
export type TriggerFile = z.infer<typeof triggerFile>;
export type Trigger = TriggerFile & {
  /** The file's name without its ending. */
  readonly name: string;
  /** SHA-256 of the file's text, hex. */
  readonly hash: string;
};
