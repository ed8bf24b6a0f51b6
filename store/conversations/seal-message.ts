import type { IncomingMessage } from '../../schemas/chat-message.ts';
import type { inbox } from '../../schemas/db/inbox.ts';
import type { StoreIn } from '../store.ts';

type Row = typeof inbox.$inferSelect;

const placeOf = ({ id, personId }: Pick<Row, 'id' | 'personId'>) => ({
  ...{ table: 'inbox', row: id, column: 'content', person: personId },
});

/** Seals a turn under a key of its own. */
export function sealMessage(
  { keys }: Pick<StoreIn, 'keys'>,
  row: Pick<Row, 'id' | 'personId'>,
  message: IncomingMessage,
): Pick<Row, 'wrappedKey' | 'content'> {
  const unit = keys.newUnit(row.personId);
  return { wrappedKey: unit.wrapped, content: unit.seal(placeOf(row), JSON.stringify(message)) };
}

/** Opens a turn. @throws sealBroken */
export function openMessage(
  { keys }: Pick<StoreIn, 'keys'>,
  row: Pick<Row, 'id' | 'personId' | 'wrappedKey' | 'content'>,
): IncomingMessage {
  const opened = keys.unit(row.personId, row.wrappedKey).open(placeOf(row), row.content);
  return JSON.parse(opened.toString()) as IncomingMessage;
}
