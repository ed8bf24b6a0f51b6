import type { ChatDocument } from './chat-document.ts';

/** Where on a channel something is said. */
export interface ThreadPlace {
  /** The same thread of one account has the same key for ever: a JID, a room with its thread root, a name of one's own. */
  readonly key: string;
  /** `direct`: between one person and Steward; all of a person's are one conversation. Each other thread is one of its own. */
  readonly kind: 'direct' | 'room' | 'thread';
  /** What the adapter needs to answer there; only it reads this. */
  readonly address: string;
}

/** A message as a channel hands it over. Text and names come from outside: data, never instruction. */
export interface IncomingMessage {
  /** The channel's own id of it: the same one in the same account is the same message. */
  readonly dedupeKey: string;
  readonly thread: ThreadPlace;
  /** The sender's address as the channel proves it: a bare JID, a Matrix user id. */
  readonly from: string;
  /** Plain text, visible characters only, at most `limits.chatTextChars`. */
  readonly text: string;
  /** Why the text is not all that was sent, such as an encrypted body that was not opened. */
  readonly incomplete?: string;
  /** When it was sent as far as the channel knows, RFC 3339. */
  readonly at: string;
  /** What the adapter needs to answer this very message; only it reads this. */
  readonly replyTo?: string;
  /** Whether Steward is spoken to: always in a direct thread, in a room where it is named. */
  readonly addressed: boolean;
}

/** A message that its sender took back, as a redaction of Matrix does. */
export interface TakenBack {
  /** `IncomingMessage.dedupeKey` of what was taken back. */
  readonly dedupeKey: string;
  /** Whoever took it back, as the channel proves it: counts where it is whoever said it. */
  readonly by: string;
}

/** A message on its way out. Stored sealed in the outbox before anything is done; the same on every attempt. */
export interface OutgoingChat {
  /** Minted with the outbox row; becomes `origin-id` in XMPP and the transaction id in Matrix. Letters, digits and `-`. */
  readonly id: string;
  /** `ThreadPlace.address`, or a person's own address where nobody asked. */
  readonly address: string;
  readonly kind: ThreadPlace['kind'];
  readonly document: ChatDocument;
  /** The same in plain words, for whoever shows no better. */
  readonly text: string;
  /** A draft of it that is shown already, as `ChatAdapter.draft` named it: it takes its place. */
  readonly replaces?: string;
}
