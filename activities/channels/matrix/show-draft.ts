import type { MatrixChannel } from '../../../schemas/channel-file.ts';
import type { ChatDraft } from '../../../schemas/chat-adapter.ts';
import { visibleText } from '../../../schemas/visible-text.ts';
import { isEncrypted } from './find-direct-room.ts';
import { recordOf, textOf } from './json-value.ts';
import { openHomeserver } from './open-homeserver.ts';
import { placeOf } from './room-place.ts';

const mostChars = 8_000;

/**
 * Shows what is being said as a message that is edited. Nothing goes into an encrypted room.
 *
 * @returns the event that is edited
 * @source Matrix client-server API, "Event replacements"
 */
export async function showDraft(channel: MatrixChannel, draft: ChatDraft): Promise<string | undefined> {
  const at = placeOf(draft.address);
  if (at === undefined || !('roomId' in at)) return undefined;
  const server = openHomeserver(channel);
  if (draft.place === undefined && (await isEncrypted(server, at.roomId))) return undefined;
  const plain = { msgtype: 'm.text', body: `${visibleText(draft.text).slice(-mostChars)} …`, 'm.mentions': {} };
  const body =
    draft.place === undefined
      ? { ...plain, ...(at.root === undefined ? {} : { 'm.relates_to': { rel_type: 'm.thread', event_id: at.root } }) }
      : {
          ...{ ...plain, body: `* ${plain.body}`, 'm.new_content': plain },
          'm.relates_to': { rel_type: 'm.replace', event_id: draft.place },
        };
  const txn = `${draft.id}-${draft.revision}`;
  const path = `/rooms/${encodeURIComponent(at.roomId)}/send/m.room.message/${encodeURIComponent(txn)}`;
  const sent = textOf(recordOf(await server.ask('PUT', path, { body, timeoutMs: 5_000 })).event_id);
  return draft.place ?? sent;
}
