import type { ChatDocument } from '../../schemas/chat-document.ts';
import type { Dispatch } from '../../schemas/dispatch.ts';
import type { Files } from '../../schemas/file-set.ts';
import type { Trigger } from '../../schemas/trigger-file.ts';
import type { Store } from '../../store/store.ts';

export interface CommandDeps {
  readonly store: Store;
  readonly files: Pick<Files, 'current'>;
  readonly dispatch: Pick<Dispatch, 'fireNow' | 'pause' | 'resume' | 'decide' | 'fireForTurn'>;
  /** When a trigger fires, in words, with its next slot. */
  readonly whenOf: (trigger: Trigger) => { readonly when: string; readonly next?: string };
  /** The owner's zone. */
  readonly zone: () => string;
}

/** The turn that a command is part of: what it does is done once for this turn, however often it is tried. */
export interface Turn {
  readonly inboxId: string;
  readonly personId: string;
  /** Name of the channel on which it was said. */
  readonly channel: string;
}

/** One command that a person may give in a conversation, without any model. */
export interface ChatCommand {
  /** As it is typed, without `/`. */
  readonly name: string;
  /** What follows the name, such as `NAME`; empty where nothing does. */
  readonly usage: string;
  /** One sentence for `/help`. */
  readonly does: string;
  /** Does it and says what came of it. @throws storeBusy, temporalBusy: then it is tried again */
  run(deps: CommandDeps, turn: Turn, words: readonly string[]): Promise<ChatDocument>;
}
