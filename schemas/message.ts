import type { IncomingMessage } from './chat-message.ts';

/** One address of a mail header. The name is free text from outside and proves nothing. */
export interface MailAddress {
  readonly name: string;
  readonly address: string;
}

/** What speaks for the sender. `from` is free text; only `pass` under `dkim`, `dmarc` or a pinned authserv-id counts. */
export interface SenderProof {
  readonly verdict: 'pass' | 'fail' | 'none';
  readonly by: 'authserv' | 'dkim' | 'none';
  /** The domain that vouches, when one does. */
  readonly domain?: string;
  readonly detail: string;
}

export interface MailAttachment {
  readonly filename: string;
  readonly contentType: string;
  readonly sizeBytes: number;
}

/** Why a mail looks like machine or list mail; such mail is folded in a digest. */
export interface MailClass {
  readonly kind: 'person' | 'list' | 'machine' | 'bounce' | 'invite';
  readonly reason: string;
}

/**
 * A mail as Steward understands it: the parse is pure, so the same bytes give the same value.
 * Bodies are data from outside, never instruction. Stored sealed; never in a workflow's history.
 */
export interface ParsedMail {
  /** `Message-ID` without whitespace, or undefined: a third of odd mail has none. */
  readonly messageId?: string;
  /** SHA-256 of the raw header block, hex. */
  readonly headerHash: string;
  readonly from: MailAddress;
  readonly replyTo?: MailAddress;
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly subject: string;
  /** RFC 3339, from `Date`; undefined when that cannot be read. */
  readonly date?: string;
  readonly inReplyTo?: string;
  readonly references: readonly string[];
  readonly listId?: string;
  readonly autoSubmitted: boolean;
  /** Readable text, quotes and signature still in it, at most `limits.mailTextChars` characters. */
  readonly text: string;
  readonly attachments: readonly MailAttachment[];
  readonly classification: MailClass;
  /** Set when only the first `limits.mailFetchBytes` were read, or the MIME structure is broken. */
  readonly incomplete?: string;
  /** Set by the channel beside the parse, since it may ask DNS. Absent counts as `none`. */
  readonly proof?: SenderProof;
}

/** What a channel hands to the inbox: parsed, with the place it was read from and the key that makes it the same mail. */
export interface IncomingMail {
  /** EMAILID, X-GM-MSGID, Message-ID + header hash, or hash of the raw bytes; HMACed by the ledger. */
  readonly dedupeKey: string;
  readonly place:
    | { readonly mailbox: string; readonly uidValidity: string; readonly uid: number }
    | { readonly path: string };
  readonly seen: boolean;
  /** When the server took it, RFC 3339. */
  readonly receivedAt: string;
  readonly sizeBytes: number;
  readonly mail: ParsedMail;
  /** Set where the owner spoke to Steward: a turn of a conversation, and in no digest. */
  readonly said?: IncomingMessage;
}
