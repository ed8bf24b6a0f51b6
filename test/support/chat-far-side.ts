import type { ChatChannel } from '../../schemas/channel-file.ts';
import type { ChatAdapter } from '../../schemas/chat-adapter.ts';

/** What a client of the owner sees of a message of Steward's. */
export interface HeardMessage {
  /** `OutgoingChat.id` as it went over the wire; undefined where the far side does not show it. */
  readonly id: string | undefined;
  readonly text: string;
}

/**
 * A real server of one kind of channel with the owner, Steward and a stranger on it, and a client of another make than
 * the adapter's in their hands.
 */
export interface ChatFarSide<C extends ChatChannel = ChatChannel> extends AsyncDisposable {
  readonly name: string;
  readonly adapter: ChatAdapter<C>;
  /** A channel file in force for Steward's account there; the owner's address is its first. */
  readonly channel: C;
  /** Why nothing can be read there: what is said only comes as a delivery to the API. */
  readonly pushOnly?: string;
  /** Why nothing that was sent can be found again, where that depends on the channel's file. */
  readonly cannotReadBack?: string;
  /** Of what the owner says; `direct` when left out. */
  readonly threadKind?: 'direct' | 'thread';
  /** The owner says something to Steward, directly. Resolves once the server has it. */
  say(text: string): Promise<void>;
  /** The owner says something in a room where Steward is; undefined where the channel has none. */
  sayInRoom?(text: string): Promise<void>;
  /** Somebody whom no file names says something to Steward, directly. */
  sayAsStranger(text: string): Promise<void>;
  /** What Steward has said to the owner directly, as the server kept it, in order. */
  heard(): Promise<readonly HeardMessage[]>;
  /** The owner's client, or the stranger's, says that it shows a message of Steward's; undefined where none does. @param id - `OutgoingChat.id` */
  read?(id: string, as?: 'owner' | 'stranger'): Promise<void>;
  /** Whether the owner's client shows just now that Steward is writing to them; undefined where it has no such sign. */
  seesWorking?(): Promise<boolean>;
  /** Where a message of Steward's own accord to the owner goes: `OutgoingChat.address`. */
  readonly ownerAddress: string;
  /** SIGKILL of the server. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. */
  restart(): Promise<void>;
}
