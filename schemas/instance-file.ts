import { z } from 'zod';
import { duration, place, timezone } from './common.ts';

/** What a model may ask to be done: each is a command too. */
export const agentEffects = ['run', 'digest', 'pause', 'resume', 'remember', 'correct'] as const;

/** `steward.yaml`: the instance itself. Every key has a default, so an empty file is a good one. */
export const instanceFile = z.strictObject({
  owner: z.strictObject({ name: z.string().default('me'), timezone: timezone.optional() }).prefault({}),
  mirror: z
    .array(place)
    .default([])
    .describe('Channels of messages that show what was said to Steward directly elsewhere, and its answers'),
  agent: z
    .strictObject({
      enabled: z.boolean().default(true).describe('Whether a model answers what is no command; needs models.yaml'),
      whileBusy: z
        .enum(['queue', 'interrupt'])
        .default('queue')
        .describe('What a message does to the turn before it that a model is at: wait, or stop it'),
      allow: z
        .array(z.enum(agentEffects))
        .default([])
        .describe('What a model may do without asking, as long as the turn has read nothing from outside'),
      steps: z
        .int()
        .min(1)
        .max(50)
        .default(8)
        .describe('Answers of a model in one turn, each with any number of tools'),
      within: duration.default(300_000).describe('How long one turn may take'),
      tokens: z.int().min(1_000).default(100_000).describe('Tokens of one turn, in and out'),
      tokensPerDay: z.int().min(1_000).default(2_000_000),
      cost: z.number().positive().optional().describe('Of one turn, in the unit of `price` in models.yaml'),
      costPerDay: z.number().positive().optional(),
    })
    .prefault({}),
  memory: z
    .strictObject({
      growthFactor: z
        .number()
        .min(0)
        .max(1)
        .default(0.1)
        .describe('GROWTH_FACTOR: what a night adds to what was used often'),
      threshold: z.int().min(0).default(0).describe('THRESHOLD: used more often than this between two nights'),
      decayRate: z.number().min(0.5).max(1).default(0.95).describe('What a night leaves of what was not'),
      least: z.number().min(0).max(1).default(0.1).describe('No weight is less'),
      most: z.number().min(1).max(100).default(4).describe('No weight is more'),
      archiveBelow: z
        .number()
        .min(0)
        .max(1)
        .default(0.2)
        .describe(
          'Below this the review puts aside what a model wanted kept; what you told yourself stays, further down',
        ),
      eraseArchivedAfter: duration
        .optional()
        .describe('What was put aside for so long is erased, its key destroyed; never when left out'),
    })
    .prefault({})
    .describe('How facts gain and lose weight night by night, and what the nightly review does with the lightest'),
  home: z
    .strictObject({
      ports: z
        .strictObject({
          api: z.int().min(1).max(65535).optional(),
          temporal: z.int().min(1).max(65535).optional(),
          temporalUi: z.int().min(1).max(65535).optional(),
          postgres: z.int().min(1).max(65535).optional(),
        })
        .prefault({}),
    })
    .prefault({}),
  health: z
    .strictObject({
      /** Called with GET after each healthy check, so that a dead Steward is noticed. */
      heartbeatUrl: z.url().optional(),
      diskFreePercent: z.number().min(0).max(100).default(10),
      memoryFreePercent: z.number().min(0).max(100).default(5),
      services: z
        .array(
          z.strictObject({
            name: z.string().min(1),
            url: z.url(),
            status: z.array(z.int().min(100).max(599)).default([200]),
            timeout: duration.default(10_000),
            onFault: z.string().min(1).optional().describe('A trigger that fires when it settles as ill'),
          }),
        )
        .default([]),
      /** Checks in a row that must fail, or succeed, before a transition counts. */
      after: z.int().min(1).max(20).default(2),
    })
    .prefault({}),
});
export type InstanceFile = z.infer<typeof instanceFile>;
