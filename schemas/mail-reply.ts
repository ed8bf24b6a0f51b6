/** What an answer by mail needs to know of the mail that it answers. */
export interface MailReply {
  /** The address that was written to. */
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** `Message-ID`; left out where the mail had none. */
  readonly inReplyTo?: string;
  /** Oldest first, the answered mail last. */
  readonly references: readonly string[];
}
