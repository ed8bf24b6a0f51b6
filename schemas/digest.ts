import { z } from 'zod';
import type { ParsedMail } from './message.ts';
import type { AskedFor } from './model-chat.ts';
import type { RenderedMail } from './outgoing.ts';

/** What a summariser returns for one mail. Checked against this schema whoever made it. */
export const mailSummary = z.strictObject({
  what: z.string().max(400).describe('One or two sentences: what the mail says'),
  ask: z.string().max(300).describe('What the mail asks of its reader, or empty'),
  due: z.string().max(120).describe('By when, copied word for word from the mail, or empty'),
});
export type MailSummary = z.infer<typeof mailSummary>;

/** Who made a summary; shown beside it. */
export interface SummarySource {
  readonly method: 'extractive' | 'model';
  /** Model name, for `model`. */
  readonly model?: string;
  /** Why a model's answer was not used, for `extractive`. */
  readonly fallback?: 'noModel' | 'modelDown' | 'modelLied' | 'notAsked';
}

/** One line of a digest. Bodies are gone; what is left is sealed in the digest row. */
export interface DigestItem {
  readonly inboxId: string;
  readonly messageId?: string;
  readonly account: string;
  readonly from: string;
  readonly fromAddress: string;
  readonly proven: boolean;
  readonly subject: string;
  readonly receivedAt: string;
  readonly seen: boolean;
  readonly kind: 'person' | 'list' | 'machine' | 'bounce' | 'invite';
  readonly listId?: string;
  readonly attachments: number;
  readonly summary: MailSummary;
  readonly source: SummarySource;
}

/** A digest: what `renderDigest` turns into text and HTML. */
export interface Digest {
  readonly digestId: string;
  readonly madeAt: string;
  readonly items: readonly DigestItem[];
  /** Mails that were in the mailbox before Steward first saw it, by account; said once. */
  readonly older: readonly { readonly account: string; readonly count: number }[];
}

/** Whether a digest folds a mail with others of its kind, or names it by itself. */
export function isFolded(item: Pick<DigestItem, 'kind' | 'seen'>): boolean {
  return item.seen || item.kind === 'list' || item.kind === 'machine';
}

/** Summarises the mails of one page. A model that fails is not asked again on the same page. */
export interface PageSummariser {
  /**
   * Never throws for what a model did: then the summary is extractive and says why.
   *
   * @param options.folded - the digest will only count this mail, so no model is asked
   * @param options.account - channel that it came by; some let no word leave this machine
   */
  summarise(
    mail: ParsedMail,
    options?: { readonly folded?: boolean; readonly account?: string },
  ): Promise<{ readonly summary: MailSummary; readonly source: SummarySource }>;
}

/** Makes one summariser a page, over the models that are in force then. Implemented in `activities/models`. @param of - the digest */
export type OpenSummariser = (of: Omit<AskedFor, 'purpose'>) => PageSummariser;

/** What `digests.content` holds: the digest and its words, so that whoever reads it needs no renderer. */
export interface StoredDigest {
  readonly digest: Digest;
  readonly rendered: RenderedMail;
}
