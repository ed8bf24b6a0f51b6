import type { MatrixChannel } from '../../../schemas/channel-file.ts';
import type { OutgoingChat } from '../../../schemas/chat-message.ts';
import { StewardError } from '../../../schemas/errors.ts';
import type { SendResult } from '../../../schemas/outgoing.ts';
import { renderHtml } from '../../chat-html.ts';
import { renderPlain } from '../../chat-plain.ts';
import { isEncrypted, openDirectRoom } from './find-direct-room.ts';
import { HomeserverRefusal, isNoForGood, nameMatrixFailure } from './homeserver-refusal.ts';
import { recordOf, textOf } from './json-value.ts';
import { type Homeserver, openHomeserver } from './open-homeserver.ts';
import { placeOf, type RoomPlace } from './room-place.ts';

const insecureMs = 300_000;
const soonMs = 5_000;
const longestMs = 3_600_000;
/** An event has at most 65,536 bytes; the envelope is the homeserver's. */
const maxContentBytes = 60_000;

/**
 * Tries once to send. Its transaction id is the message's own, so a homeserver that has it already shows it once. Nothing
 * ever goes into an encrypted room. Rejects only when `contentBegins` does.
 *
 * @returns `unknown` when the request left and no answer settled it
 */
export async function sendMessage(
  channel: MatrixChannel,
  message: OutgoingChat,
  contentBegins: () => Promise<void>,
): Promise<SendResult> {
  let server: Homeserver;
  let place: RoomPlace | undefined;
  try {
    server = openHomeserver(channel);
    place = await findPlace(server, channel, message.address);
    if (place === undefined) return { state: 'failed', code: 'addressUnknown', detail: 'its address is no room' };
    if (await isEncrypted(server, place.roomId)) {
      return {
        state: 'failed',
        code: 'roomEncrypted',
        detail: 'the room is encrypted, and nothing plain is sent there',
      };
    }
  } catch (error) {
    return resultOf(error, false);
  }
  const replaces = await draftThere(server, place.roomId, message.replaces);
  await contentBegins();
  let left = false;
  const onSending = () => {
    left = true;
  };
  const path = `/rooms/${encodeURIComponent(place.roomId)}/send/m.room.message/${encodeURIComponent(message.id)}`;
  try {
    await server.ask('PUT', path, { body: replacing(contentOf(message, place), replaces), onSending });
    return { state: 'sent', detail: 'the homeserver took it' };
  } catch (error) {
    return resultOf(error, left);
  }
}

async function findPlace(server: Homeserver, channel: MatrixChannel, address: string): Promise<RoomPlace | undefined> {
  const place = placeOf(address);
  if (place === undefined || 'roomId' in place) return place;
  return { roomId: await openDirectRoom(server, channel, place.userId) };
}

/** What goes over the wire. The marker is read back after the homeserver has forgotten the transaction. Pure. */
export function contentOf({ id, document }: OutgoingChat, { root }: RoomPlace): Record<string, unknown> {
  const plain = {
    ...{ msgtype: 'm.text', body: renderPlain(document), 'org.steward.id': id, 'm.mentions': {} },
    ...(root === undefined
      ? {}
      : {
          'm.relates_to': {
            ...{ rel_type: 'm.thread', event_id: root, is_falling_back: true, 'm.in_reply_to': { event_id: root } },
          },
        }),
  };
  const rich = { ...plain, format: 'org.matrix.custom.html', formatted_body: renderHtml(document) };
  return Buffer.byteLength(JSON.stringify(rich)) > maxContentBytes ? plain : rich;
}

/** The draft that an answer takes the place of; undefined where it is gone, since an edit of nothing shows nothing. */
async function draftThere(server: Homeserver, roomId: string, draft: string | undefined): Promise<string | undefined> {
  if (draft === undefined) return undefined;
  const path = `/rooms/${encodeURIComponent(roomId)}/event/${encodeURIComponent(draft)}`;
  const event = await server.ask('GET', path).catch(() => undefined);
  return textOf(recordOf(recordOf(event).content).body) === undefined ? undefined : draft;
}

/** A message as the edit of a draft. @source Matrix client-server API, "Event replacements" */
function replacing(content: Record<string, unknown>, draft: string | undefined): Record<string, unknown> {
  if (draft === undefined) return content;
  return {
    ...{ ...content, body: `* ${String(content.body)}`, 'm.new_content': content },
    'm.relates_to': { rel_type: 'm.replace', event_id: draft },
  };
}

/** What a failed attempt means, by whether the message had left and what the homeserver said. */
function resultOf(error: unknown, left: boolean): SendResult {
  const named = nameMatrixFailure(error, 'of the channel');
  const detail = named.message;
  if (named.code === 'channelInsecure') return { state: 'again', detail, waitMs: insecureMs };
  if (named.code === 'channelLoginRefused') return { state: 'failed', detail, code: named.code };
  if (isNoForGood(error)) return { state: 'failed', detail, code: error.errcode };
  if (error instanceof HomeserverRefusal && error.status === 429) {
    return { state: 'again', detail, waitMs: Math.min(Math.max(error.waitMs ?? soonMs, 0), longestMs) };
  }
  if (left) return { state: 'unknown', detail: 'the message left and no answer settled it' };
  if (error instanceof HomeserverRefusal || error instanceof StewardError)
    return { state: 'again', detail, waitMs: soonMs };
  throw error;
}
