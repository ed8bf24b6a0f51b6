import type { Logger } from 'pino';
import type { AskModel } from '../../../schemas/model-chat.ts';
import type { ConversationDeps } from '../conversation-deps.ts';

export interface AgentDeps extends ConversationDeps {
  readonly askModel: AskModel;
  /** Ends with the activity that asks. */
  readonly cancelled: () => AbortSignal | undefined;
  readonly log: Pick<Logger, 'error' | 'warn' | 'debug'>;
}
