import type { ZodType } from 'zod';
import type { ChatDocument } from '../../schemas/chat-document.ts';
import type { Dispatch } from '../../schemas/dispatch.ts';
import type { Files } from '../../schemas/file-set.ts';
import type { Memory } from '../../schemas/memory.ts';
import type { Trigger } from '../../schemas/trigger-file.ts';
import type { Store } from '../../store/store.ts';

export interface CommandDeps {
  readonly store: Store;
  readonly files: Pick<Files, 'current'>;
  readonly memory: Memory;
  readonly dispatch: Pick<Dispatch, 'fireNow' | 'pause' | 'resume' | 'decide' | 'fireForTurn' | 'wakeConversation'>;
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
  /** What is done once under this name: the turn itself, or one call of a model in it. */
  readonly actId: string;
  /** Who acts, for the audit: `owner`, or `agent` where a model's call is made. */
  readonly by: 'owner' | 'agent';
}

/** How a model may call a command. A command without one is a person's alone, as every word on an approval is. */
export interface ToolOfCommand<A = never> {
  /** What a model is told of it, where that is more than `does`. */
  readonly does?: string;
  /** Its arguments, one object; checked before anything is done. */
  readonly args: ZodType<A>;
  /** The words of the command that these arguments are. */
  readonly words: (args: A) => readonly string[];
  /** Whether it changes anything beside the conversation: then a person is asked, unless policy allows it. */
  readonly effect: boolean;
  /** Whether it shows words from outside, such as those of a mail. */
  readonly outside: boolean;
}

/** What a command came to; `outside` where it shows what is to be taken as words from outside, such as those that must not leave. */
export type Came = ChatDocument | { readonly say: ChatDocument; readonly outside: boolean };

/** What is said of it. Pure. */
export const sayOf = (came: Came): ChatDocument => ('say' in came ? came.say : came);

/** One command that a person may give in a conversation, without any model. */
export interface ChatCommand {
  /** As it is typed, without `/`. */
  readonly name: string;
  /** What follows the name, such as `NAME`; empty where nothing does. */
  readonly usage: string;
  /** One sentence for `/help`. */
  readonly does: string;
  readonly tool?: ToolOfCommand;
  /** Whether what it says has words from outside, such as those of a mail. */
  readonly outside?: true;
  /** Does it and says what came of it. @param rest - what stands behind the name, as it was written @throws storeBusy, temporalBusy: then it is tried again */
  run(deps: CommandDeps, turn: Turn, words: readonly string[], rest: string): Promise<Came>;
}

/** A tool of a command, with the type of its arguments kept inside. */
export const toolOf = <A>(tool: ToolOfCommand<A>): ToolOfCommand => tool as unknown as ToolOfCommand;
