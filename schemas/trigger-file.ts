import { z } from 'zod';
import { duration, place } from './common.ts';
import { conditionExpression, keepExpression, mapExpression } from './expression.ts';
import { faultPlan, refuseFaultGates } from './fault-plan.ts';
import { fileWhen } from './trigger-kinds/file.ts';
import { flowWhen } from './trigger-kinds/flow.ts';
import { httpWhen } from './trigger-kinds/http.ts';
import { mailWhen } from './trigger-kinds/mail.ts';
import { messageWhen } from './trigger-kinds/message.ts';
import { metricWhen } from './trigger-kinds/metric.ts';
import { atWhen, everyWhen, instantText, rruleWhen, scheduleWhen } from './trigger-kinds/schedule.ts';
import { webhookWhen } from './trigger-kinds/webhook.ts';
import { kindOf, overlapOf } from './trigger-kinds.ts';

const when = z.union([
  scheduleWhen,
  everyWhen,
  atWhen,
  rruleWhen,
  mailWhen,
  messageWhen,
  httpWhen,
  webhookWhen,
  metricWhen,
  fileWhen,
  flowWhen,
]);

const positive = duration.refine((ms) => ms > 0, 'expected more than nothing');

/** Temporal waits no longer than this between two runs; `start-fire.ts` says so to it. */
export const longestRetryWaitMs = 6 * 3_600_000;

/** One trigger: one file in `triggers/`. The file's name is the trigger's name. @source DESIGN.md section 6 */
export const triggerFile = z
  .strictObject({
    run: z
      .string()
      .min(1)
      .describe('A flow: emailDigest, morningReport, healthCheck, serviceFault, or a file in workflows/'),
    when: when.describe('What sets it off; one kind'),
    enabled: z.boolean().default(true),
    until: instantText.optional().describe('An instant after which it fires no more'),
    owner: z.string().default('me').describe('Whose trigger this is; a name in steward.yaml'),
    tags: z
      .array(z.string().regex(/^[\w.-]{1,40}$/, 'expected letters, digits and . _ -'))
      .max(20)
      .default([]),
    condition: z
      .union([
        conditionExpression,
        z.strictObject({
          if: conditionExpression.describe('True: it fires. Sees `event`, `state` and `now`'),
          keep: z
            .record(z.string().regex(/^[a-z_]\w{0,39}$/i), keepExpression)
            .default({})
            .describe('What `state` holds the next time'),
        }),
      ])
      .optional()
      .describe('A gate that is looked at before anything costs something'),
    map: z
      .record(z.string().regex(/^[a-z_]\w{0,63}$/i), mapExpression)
      .default({})
      .describe('Arguments for the flow, made from `event` by expressions'),
    missed: z
      .strictObject({
        policy: z.enum(['none', 'latest', 'all']),
        within: duration.default(86_400_000).describe('Older slots are recorded as missed'),
        max: z.int().min(1).max(100).default(10).describe('With `all`: at most so many are caught up, newest first'),
      })
      .optional()
      .describe('What becomes of a slot that passed while the machine was off'),
    overlap: z
      .union([
        z.enum(['skip', 'allow', 'cancelPrevious']),
        z.strictObject({ policy: z.literal('queue'), max: z.int().min(1).max(10_000).default(100) }),
      ])
      .optional()
      .describe('What happens while a run is under way: skip for schedule, http and metric, else allow, when left out'),
    debounce: z
      .union([
        positive.transform((quiet) => ({ quiet, max: quiet * 10 })),
        z
          .strictObject({ quiet: positive, max: positive })
          .refine(({ quiet, max }) => max >= quiet, { path: ['max'], message: 'is shorter than quiet' }),
      ])
      .optional()
      .describe(
        'Events are one fire until none has come for so long; a duration alone waits at most ten times as long',
      ),
    throttle: z
      .strictObject({ max: z.int().min(1).max(100_000), per: positive })
      .optional()
      .describe('At most so many fires in so long'),
    cooldown: positive.optional().describe('No fire for so long after one'),
    priority: z.enum(['urgent', 'high', 'normal', 'low', 'background']).default('normal'),
    retry: z
      .strictObject({
        attempts: z.int().min(1).max(20),
        wait: positive.refine((ms) => ms <= longestRetryWaitMs, 'expected at most 6h').default(60_000),
        factor: z.number().min(1).max(10).default(2),
      })
      .optional()
      .describe('A run that failed is begun anew, so many times in all'),
    onFailure: z
      .strictObject({
        run: z.string().min(1).optional().describe('A flow that is started with what failed'),
        notify: z
          .union([z.literal(true), z.array(place).min(1)])
          .optional()
          .describe('true: a notice on every channel of the owner'),
      })
      .refine((f) => f.run !== undefined || f.notify !== undefined, 'expected run, notify, or both')
      .optional(),
    deliver: z.array(place).default([]),
    with: z.record(z.string(), z.json()).default({}).describe('Arguments for the flow'),
    fault: faultPlan.optional().describe('For run: serviceFault; what is done about the service'),
  })
  .refine((file) => !isSchedule(file) || file.missed !== undefined, {
    path: ['missed'],
    message: 'is required for a schedule: say what happens to a slot that passed while the machine was off',
  })
  .refine((file) => isSchedule(file) || file.missed === undefined, {
    path: ['missed'],
    message: 'is for schedules; an event that nobody saw cannot be missed',
  })
  .refine((file) => file.debounce === undefined || typeof overlapOf(file) !== 'object', {
    path: ['debounce'],
    message: 'does not go with a queue; events that wait for each other are one fire already',
  })
  .refine((file) => file.debounce === undefined || !isSchedule(file), {
    path: ['debounce'],
    message: 'is for events; the slots of a schedule come one by one',
  })
  .refine((file) => file.fault === undefined || file.run === 'serviceFault', {
    path: ['fault'],
    message: 'belongs to run: serviceFault',
  })
  // What is called and asked comes from the file alone, never from an event.
  .refine((file) => file.run !== 'serviceFault' || !('fault' in file.map || 'target' in file.map), {
    path: ['map'],
    message: 'cannot make fault or target: serviceFault takes them from `fault` and `when`',
  })
  .superRefine((file, context) => {
    const refused = refuseFaultGates(file);
    if (refused !== undefined) context.addIssue({ code: 'custom', path: [refused.setting], message: refused.message });
  });

const isSchedule = (file: { readonly when: object }) => kindOf(file) === 'schedule';

export type TriggerFile = z.infer<typeof triggerFile>;
export type Trigger = TriggerFile & {
  /** The file's name without its ending. */
  readonly name: string;
  /** SHA-256 of the file's text, hex. */
  readonly hash: string;
};
