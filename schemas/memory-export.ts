import { z } from 'zod';
import { factChanges, factKinds, factOrigins } from './fact-kinds.ts';

const words = z.array(z.string().max(100)).max(20);

/** A fact with all its versions, as it is carried from one home to another. Nothing of what is forgotten is carried. */
export const exportedFact = z.strictObject({
  id: z.string().regex(/^fct_[0-9A-HJKMNP-TV-Z]{26}$/),
  versions: z
    .array(
      z.strictObject({
        change: z.enum(factChanges).exclude(['forgotten']),
        text: z.string().min(1).max(2_000),
        kind: z.enum(factKinds),
        names: words,
        scopes: words,
        pinned: z.boolean(),
        joins: z.array(z.string().max(40)).max(20),
        validFrom: z.iso.datetime({ offset: true }).optional(),
        validTo: z.iso.datetime({ offset: true }).optional(),
        into: z.string().max(40).optional().describe('Of `merged`: the fact that says the same'),
        origin: z.enum(factOrigins),
        channel: z.string().max(100),
        localOnly: z.boolean(),
        recordedAt: z.iso.datetime(),
      }),
    )
    .min(1)
    .max(1_000)
    .describe('Oldest first'),
});
export type ExportedFact = z.infer<typeof exportedFact>;

/** What became of facts that were carried here. */
export interface ImportedFacts {
  readonly added: number;
  /** There already: they stay as they are here. */
  readonly known: number;
  /** Forgotten here: they stay so. */
  readonly forgotten: number;
}

/** Facts that are carried in one request. */
export const mostExported = 200;
