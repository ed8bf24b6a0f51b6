import type { IncomingMessage } from './chat-message.ts';

/** Something that happened in a project, told to its owner. Words from outside: never a turn, never a command. */
export interface News {
  /** The same for the same event, however often it is delivered. */
  readonly key: string;
  /** One line: who did what. */
  readonly subject: string;
  /** The same with what it is about, and its link. */
  readonly text: string;
}

/** What one delivery to a channel's address says, once its sender is proven. */
export interface HookReading {
  /** Turns, as an adapter would hand them over; whoever is unknown is sorted out behind it. */
  readonly messages: readonly IncomingMessage[];
  readonly news: readonly News[];
  /** What the sender gets in the body, such as a challenge; empty when left out. */
  readonly reply?: string;
}

export const nothingToRead: HookReading = { messages: [], news: [] };
