import { and, desc, eq, lt } from 'drizzle-orm';
import { saying } from '../../../schemas/chat-document.ts';
import { inbox } from '../../../schemas/db/inbox.ts';
import { StewardError } from '../../../schemas/errors.ts';
import { idPrefixes } from '../../../schemas/ids.ts';
import { intents } from '../../../schemas/model-intents.ts';
import { nearestWord } from '../../../schemas/nearest-word.ts';
import { openMessage } from '../../../store/conversations/seal-message.ts';
import { keepLesson } from '../../../store/models/intent-lessons.ts';
import type { Store } from '../../../store/store.ts';
import type { ChatCommand } from '../chat-command.ts';

const known = intents.filter((one) => one !== 'command');

export const meantCommand: ChatCommand = {
  name: 'meant',
  usage: 'INTENT',
  does: 'Says what you meant by your last message, so that the next one like it goes to the right model.',
  run: async ({ store }, { inboxId, personId }, [word = '']) => {
    const intent = known.find((one) => one === word.toLowerCase());
    if (intent === undefined)
      throw new StewardError('badInput', `Cannot learn from "${word}", expected ${hintOf(word)}`);
    const said = await lastSaid(store, inboxId);
    if (said === undefined) return [saying('There is no message before this one to learn from.')];
    // The turn may be tried again: its lesson is one.
    await keepLesson(store, personId, { text: said, intent }, inboxId.replace(/^[^_]*/, idPrefixes.intentLesson));
    return [saying('Noted: I take something like “', said.slice(0, 60), '” for ', { strong: intent }, ' from now on.')];
  },
};

const hintOf = (word: string) => nearestWord(word, known) ?? known.join(', ');

/** What was said last that was no command. */
async function lastSaid(store: Store, inboxId: string): Promise<string | undefined> {
  const [own] = await store.db.select().from(inbox).where(eq(inbox.id, inboxId));
  if (own?.conversationId == null || own.turn === null) return undefined;
  const before = await store.db
    .select()
    .from(inbox)
    .where(and(eq(inbox.conversationId, own.conversationId), lt(inbox.turn, own.turn)))
    .orderBy(desc(inbox.turn))
    .limit(10);
  return before.map((row) => openMessage(store, row).text).find((text) => text !== '' && !text.startsWith('/'));
}
