import type { AskModel } from '../../../schemas/model-chat.ts';
import type { TurnRow } from '../../../store/conversations/keep-answer.ts';
import type { ConversationDeps } from '../conversation-deps.ts';

export interface AgentDeps extends ConversationDeps {
  readonly askModel: AskModel;
  /** Ends with the activity that asks. */
  readonly cancelled: () => AbortSignal | undefined;
  /** Shows what is being said before it is all said. Never throws, never waits. */
  readonly showDraft: (turn: TurnRow, text: string) => void;
}
