import { xml } from '@xmpp/client';
import type { XmppChannel } from '../../../schemas/channel-file.ts';
import type { OutgoingChat } from '../../../schemas/chat-message.ts';
import type { SendResult } from '../../../schemas/outgoing.ts';
import { renderPlain } from '../../chat-plain.ts';
import { connectXmpp, type XmppLink } from './connect-xmpp.ts';
import type { Element } from './element.ts';
import { findIn } from './find-copy.ts';
import { forgetRoom, joinRoom } from './join-room.ts';
import { liveLink } from './live-links.ts';
import { nameXmppFailure } from './name-xmpp-failure.ts';
import { bareOf, domainOf, ns, resourceOf } from './xmpp-names.ts';
import { type XmppTimings, xmppTimings } from './xmpp-timings.ts';

const soonMs = 5_000;
const insecureMs = 300_000;

/**
 * Tries once to say something: over the connection that serves the account here, or over one of its own that has no
 * presence. Sent means that the server said it has it, that the room said it again, or that the archive holds it.
 *
 * @param contentBegins - awaited right before the stanza is written; when it rejects, nothing is sent
 * @returns `unknown` when the stanza left and nothing proves it
 */
export async function sendXmpp(
  channel: XmppChannel,
  message: OutgoingChat,
  contentBegins: () => Promise<void>,
  timings: XmppTimings = xmppTimings,
): Promise<SendResult> {
  let began = false;
  let own: XmppLink | undefined;
  try {
    const live = liveLink(channel.jid);
    own = live === undefined ? await connectXmpp(channel, new AbortController().signal, timings) : undefined;
    const link = live ?? own!;
    const room = message.kind === 'room' ? bareOf(message.address) : undefined;
    if (room !== undefined && !(await joinRoom(link, room, nickIn(channel, room))))
      return { state: 'again', detail: 'the room lets nobody in just now', waitMs: insecureMs };
    const stanza = stanzaOf(message);
    return await deliver(link, { stanza, message, room, nick: room && nickIn(channel, room) }, async () => {
      await contentBegins();
      began = true;
    });
  } catch (error) {
    if (began) return { state: 'unknown', detail: 'the message was written and no answer came' };
    const { code, message: detail } = nameXmppFailure(error, domainOf(channel.jid));
    if (code === 'channelLoginRefused') return { state: 'failed', detail, code };
    return { state: 'again', detail, waitMs: code === 'channelInsecure' ? insecureMs : soonMs };
  } finally {
    await own?.close();
  }
}

const nickIn = ({ rooms }: XmppChannel, room: string) =>
  rooms.find((one) => bareOf(one.room) === room)?.nick ?? 'steward';

interface Delivery {
  readonly stanza: Element;
  readonly message: OutgoingChat;
  readonly room: string | undefined;
  readonly nick: string | undefined;
}

async function deliver(link: XmppLink, delivery: Delivery, begin: () => Promise<void>): Promise<SendResult> {
  const { stanza, message, room } = delivery;
  const { promise: proof, resolve } = Promise.withResolvers<SendResult>();
  let refused: SendResult | undefined;
  const stop = link.onStanza((back) => {
    const result = answerOf(back, delivery);
    if (result === undefined) return;
    if (result.state !== 'sent') refused ??= result;
    if (room !== undefined && result.state === 'again') forgetRoom(link, room);
    resolve(result);
  });
  const patience = setTimeout(() => resolve(unproved), link.timings.ackMs);
  try {
    await begin();
    const acknowledged = await Promise.race([link.sendAcknowledged(stanza), proof]);
    if (typeof acknowledged === 'object') return acknowledged;
    if (room !== undefined) return await proof;
    if (acknowledged) return { state: 'sent', detail: 'the server has it' };
    const { found } = await findIn(link, message);
    // A server keeps what it refused in the archive too.
    return refused ?? (found ? { state: 'sent', detail: 'the archive has it' } : unproved);
  } finally {
    clearTimeout(patience);
    stop();
  }
}

const unproved: SendResult = { state: 'unknown', detail: 'the message was written and no answer came' };

/** What a stanza that came in says of ours: it was refused, or the room said it again. */
function answerOf(back: Element, { message, room, nick }: Delivery): SendResult | undefined {
  const from = String(back.attrs.from ?? '');
  if (back.getName() !== 'message' || back.attrs.id !== message.id || bareOf(from) !== bareOf(message.address))
    return undefined;
  if (back.attrs.type === 'error') return refusalOf(back, room !== undefined);
  if (room === undefined || back.attrs.type !== 'groupchat' || resourceOf(from) !== nick) return undefined;
  return { state: 'sent', detail: 'the room has it' };
}

/** @source RFC 6120 8.3.2: `wait` is for now, the others for good; XEP-0045 7.4: `not-acceptable` says that we are not in the room */
function refusalOf(back: Element, inRoom: boolean): SendResult {
  const error = back.getChild('error');
  const condition = error?.getChildElements()[0]?.getName() ?? 'undefined-condition';
  const word = /^[a-z][a-z-]{2,40}$/.test(condition) ? condition : 'undefined-condition';
  if (inRoom && word === 'not-acceptable') return { state: 'again', detail: 'we were not in the room', waitMs: soonMs };
  return error?.attrs.type === 'wait'
    ? { state: 'again', detail: `the server refused it for now: ${word}`, waitMs: insecureMs }
    : { state: 'failed', detail: `the server refused it: ${word}`, code: word };
}

/** Signs that XML cannot carry: one of them would end the stream. @source XML 1.0 2.2 */
const unspeakable = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function stanzaOf({ id, address, kind, document }: OutgoingChat): Element {
  const body = renderPlain(document).toWellFormed().replace(unspeakable, '');
  return xml(
    'message',
    { id, to: address, type: kind === 'room' ? 'groupchat' : 'chat' },
    xml('body', {}, body),
    xml('origin-id', { xmlns: ns.stanzaId, id }),
    // What stands there is no markup: signs of a reader's client must not make it bold.
    xml('unstyled', { xmlns: ns.styling }),
    // In a room whoever reads it would say so to all.
    ...(kind === 'room' ? [] : [xml('markable', { xmlns: ns.markers })]),
  );
}
