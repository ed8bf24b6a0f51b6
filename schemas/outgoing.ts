import type { PostChannel } from './channel-file.ts';

/** A message on its way out. Stored sealed in the outbox before anything is done. */
export interface OutgoingMail {
  /** Minted with the outbox row: `<out-…@domain>`. */
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** `Message-ID` of the mail that this answers, and of those before it, oldest first. @source RFC 5322 3.6.4 */
  readonly inReplyTo?: string;
  readonly references?: readonly string[];
  /** RFC 3339; becomes `Date`, the same on every attempt. */
  readonly date: string;
}

/** A digest, report or notice in words: the plain text says all that the HTML says. */
export interface RenderedMail {
  readonly subject: string;
  /** 80 columns where words allow. */
  readonly text: string;
  /** A whole page, without anything remote; left out for a notice. */
  readonly html?: string;
}

/** An HTTP call that a person wrote into a file, on its way out. Stored sealed in the outbox before anything is done. */
export interface OutgoingCall {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** Statuses that count as done; 200 to 299 when left out. */
  readonly expect?: readonly number[];
}

/** What one attempt to send came to. */
export type SendResult =
  | { readonly state: 'sent'; readonly detail: string }
  /** Nothing left this machine: the same effect may be tried again. */
  | { readonly state: 'again'; readonly detail: string; readonly waitMs: number }
  /** The far side said no for good. */
  | { readonly state: 'failed'; readonly detail: string; readonly code?: string }
  /** Content left and no answer came: only a copy that is found can settle it. */
  | { readonly state: 'unknown'; readonly detail: string };

/** How mail leaves, and how a copy of it is looked for. Implemented in `activities/channels`. */
export interface MailTransport {
  /**
   * Tries once to send. Never retries inside, never throws for what the far side did.
   *
   * @param contentBegins - awaited before the first byte of content leaves this process; when it rejects, nothing is sent
   */
  send(channel: PostChannel, mail: OutgoingMail, contentBegins: () => Promise<void>): Promise<SendResult>;
  /** Looks for a copy by Message-ID in the Sent folder and the own inbox. Finding proves; absence proves nothing. */
  findCopy(channel: PostChannel, messageId: string): Promise<{ readonly found: boolean; readonly where?: string }>;
}
