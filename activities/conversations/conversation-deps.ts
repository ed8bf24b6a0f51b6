import type { Logger } from 'pino';
import type { HotTier } from '../../schemas/hot-tier.ts';
import type { CommandDeps } from './chat-command.ts';

export interface ConversationDeps extends CommandDeps {
  /** UTF-16 code units that one message of a kind of channel may have. */
  readonly maxCharsOf: (channel: string) => Promise<number>;
  readonly hot: HotTier;
  /** Which try of the activity this is, from 1. */
  readonly attempt: () => number;
  readonly log: Pick<Logger, 'error' | 'warn'>;
}
