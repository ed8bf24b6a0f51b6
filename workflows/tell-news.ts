import { outbox } from './proxies.ts';
import { sendBeside } from './steps/send-beside.ts';

export interface NewsInput {
  readonly personId: string;
  readonly key: string;
  readonly subject: string;
  readonly text: string;
  /** Name of the channel they came by. */
  readonly except: string;
  /** Places as `deliver:` names them; every channel of the owner when left out. */
  readonly to?: readonly string[];
}

/**
 * Tells the owner what happened in a project.
 *
 *   webhook -> tellNews -> outbox.notice -> outbox.send
 *
 * Repeat: `news:<account>:<event>`, once; the effects have the event's key. Failure: each effect ends on its own.
 */
export async function tellNews(news: NewsInput): Promise<{ outcome: string }> {
  const { outboxIds } = await outbox.notice(news);
  for (const outboxId of outboxIds) await sendBeside(outboxId);
  return { outcome: outboxIds.length === 0 ? 'nowhere' : 'told' };
}
