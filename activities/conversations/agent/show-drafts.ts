import type { Logger } from 'pino';
import type { HotTier } from '../../../schemas/hot-tier.ts';
import { putDraft } from '../../../store/conversations/drafts.ts';
import type { TurnRow } from '../../../store/conversations/keep-answer.ts';
import type { Store } from '../../../store/store.ts';

interface DraftDeps {
  readonly store: Pick<Store, 'keys'>;
  readonly hot: HotTier;
  readonly log: Pick<Logger, 'debug'>;
}

/** Readers look ten times a second. */
const everyMs = 100;

/**
 * Shows what a model says as it says it: the newest words at most ten times a second, one at a time. A draft that cannot
 * be shown is left out; the answer itself does not depend on it.
 *
 * @param attempt - grows when what was shown is void
 */
export function showDrafts(deps: DraftDeps, row: TurnRow, attempt: number): (text: string) => void {
  const { conversationId, personId, turn } = row;
  let newest: string | undefined;
  let busy = false;
  const show = async () => {
    busy = true;
    while (newest !== undefined) {
      const text = newest;
      newest = undefined;
      const whose = { conversationId: conversationId!, personId };
      await putDraft({ hot: deps.hot, keys: deps.store.keys }, whose, { turn: turn!, attempt, text });
      await new Promise((resolve) => setTimeout(resolve, everyMs).unref());
    }
    busy = false;
  };
  return (text) => {
    newest = text;
    if (busy) return;
    show().catch((error: unknown) => {
      busy = false;
      deps.log.debug({ turn: row.id, err: error }, 'a draft could not be shown');
    });
  };
}
