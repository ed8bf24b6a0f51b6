import type { Channel, ChatChannel } from './channel-file.ts';
import type { IncomingMessage, OutgoingChat, TakenBack } from './chat-message.ts';
import type { SendResult } from './outgoing.ts';

/** What a channel of messages can do and how much it takes; what it cannot do is left out, never faked. */
export interface ChatLimits {
  /** UTF-16 code units of one message, as rendered; longer answers become several messages. */
  readonly maxChars: number;
  /** Whether a message that was sent can be found again at the far side, so that an unanswered attempt can be settled. */
  readonly readsBack: boolean;
  /**
   * For so long, in milliseconds, the far side drops a second message with the id of the first: what is unknown and cannot
   * be found may be said again. Never when left out.
   */
  readonly dropsRepeatsMs?: number;
}

/** What one connection of a channel of messages gets to work with. The ledger and dispatch are behind it. */
export interface ChatServing<C extends Channel = Channel> {
  readonly channel: C;
  /** Ends the connection in good order. */
  readonly signal: AbortSignal;
  /** Where reading goes on; undefined at first sight. @param place - `archive`, or the key of a room */
  cursor(place: string): Promise<string | undefined>;
  /**
   * Takes messages in, in this order, and moves a cursor, all in one transaction; then tells dispatch. May be repeated: a
   * message that the ledger holds is not taken in again. Nothing may be acknowledged at the far side before it resolves.
   *
   * @param takenBack - what was taken back since, of these messages or of any before
   * @throws sessionSuperseded, storeBusy
   */
  take(
    messages: readonly IncomingMessage[],
    move?: { readonly place: string; readonly token: string },
    takenBack?: readonly TakenBack[],
  ): Promise<void>;
  /** One of our own messages came back from the far side: that proves it sent. @param id - `OutgoingChat.id` */
  cameBack(id: string): Promise<void>;
  /**
   * Somebody has read up to one of our own messages, as the far side says. Counts where it is the owner. May be repeated.
   *
   * @param by - address as the channel proves it
   * @param id - `OutgoingChat.id`
   */
  wasRead(by: string, id: string): Promise<void>;
  /** Called once all that was missed has been read: the next failure waits from the beginning. */
  up(): void;
}

/**
 * One kind of channel. Push is a hint, reading from the cursor is the truth: an adapter reads from its cursor on every
 * connect, and on a timer. Passes the suite in test/contracts/chat-adapter.ts. @source docs/design/channels.md
 */
export interface ChatAdapter<C extends Channel = Channel> {
  readonly limits: ChatLimits;
  /** Holds one connection: resolves when `signal` aborts, throws when the connection is lost or refused. Never reconnects by itself. */
  serve(serving: ChatServing<C>): Promise<void>;
  /** Tries the login, and leaves: nothing is read, said, joined or acknowledged. @throws channelBusy, channelLoginRefused, channelInsecure */
  check(channel: C, signal: AbortSignal): Promise<void>;
  /**
   * Tries once to send. Never retries inside, never throws for what the far side did.
   *
   * @param contentBegins - awaited before the first byte of content leaves this process; when it rejects, nothing is sent
   */
  send(channel: C, message: OutgoingChat, contentBegins: () => Promise<void>): Promise<SendResult>;
  /**
   * Shows that an answer is on its way, or that it is not any more. Best effort, of this moment only; left out where a
   * channel has no such sign.
   */
  showWorking?(channel: C, to: Pick<OutgoingChat, 'address' | 'kind'>, working: boolean): Promise<void>;
  /**
   * Shows what is being said before it is all said, and what has become of it since; left out where a channel cannot
   * change what it shows. Best effort: the answer itself is an effect of the outbox, and takes the draft's place.
   *
   * @param draft.id - the same for all drafts of one answer; letters, digits and `-`
   * @param draft.place - where it is shown already, as the first one was named
   * @param draft.revision - from 1
   * @returns where it is shown
   */
  draft?(channel: C, draft: ChatDraft): Promise<string | undefined>;
  /** Looks for a copy by id. Finding proves; absence proves nothing. @throws channelBusy when it cannot look just now */
  findCopy(channel: C, message: OutgoingChat): Promise<{ readonly found: boolean; readonly where?: string }>;
}

/** What is being said, as a chat shows it. */
export interface ChatDraft extends Pick<OutgoingChat, 'id' | 'address' | 'text'> {
  readonly place?: string;
  readonly revision: number;
}

/** How messages leave, whatever the kind of channel. */
export interface ChatTransport extends Pick<ChatAdapter<ChatChannel>, 'send' | 'findCopy'> {
  /** Shows what is being said, where the channel can change what it shows; undefined where it cannot. Best effort. */
  draft(channel: Channel, draft: ChatDraft): Promise<string | undefined>;
  /** Shows that an answer is on its way, where the channel has a sign for it. Best effort. */
  showWorking(channel: Channel, to: Pick<OutgoingChat, 'address' | 'kind'>, working: boolean): Promise<void>;
  /** UTF-16 code units that one message of a kind of channel may have. */
  maxCharsOf(kind: string): Promise<number>;
  /** Whether what was sent on a channel can be looked for at all. */
  readsBack(channel: ChatChannel): Promise<boolean>;
  /** For how long the far side of a channel drops a second message with the id of the first, milliseconds; 0: never. */
  dropsRepeatsMs(channel: ChatChannel): Promise<number>;
}
