import type { Logger } from 'pino';
import type { ChatTransport } from '../../../schemas/chat-adapter.ts';
import type { AskModel } from '../../../schemas/model-chat.ts';
import type { ConversationDeps } from '../conversation-deps.ts';

export interface AgentDeps extends ConversationDeps {
  readonly askModel: AskModel;
  /** Ends with the activity that asks. */
  readonly draft: ChatTransport['draft'];
  /** Shows in a chat that an answer is on its way. */
  readonly showWorking: ChatTransport['showWorking'];
  readonly cancelled: () => AbortSignal | undefined;
  readonly log: Pick<Logger, 'error' | 'warn' | 'debug'>;
}
