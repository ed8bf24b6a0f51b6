import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from '../../../schemas/chat-message.ts';
import { limits } from '../../../schemas/protocol.ts';
import { visibleText } from '../../../schemas/visible-text.ts';
import type { Element } from './element.ts';
import { encryptionOf } from './find-encryption.ts';
import { bareOf, ns, resourceOf } from './xmpp-names.ts';

const latest = Date.parse('9999-12-31T23:59:59Z');

/** Where and when a message was met. */
export interface MessageContext {
  /** The own bare JID. */
  readonly account: string;
  /** Rooms by bare JID, with our nick there. */
  readonly rooms: ReadonlyMap<string, string>;
  /** Its id in the archive of the own account or of its room, by the archive's own word. */
  readonly archiveId?: string | undefined;
  /** It lay in the archive of a room that tells who is in it by real address. */
  readonly told?: boolean;
  /** When the server got it, as the server says; RFC 3339 in any form. */
  readonly stamp?: string | undefined;
  /** For a message that no server stamped. */
  readonly now: Date;
}

export type ReadMessage =
  | { readonly kind: 'heard'; readonly message: IncomingMessage; readonly receipt?: Receipt }
  /** One of our own, come back. */
  | { readonly kind: 'own'; readonly id: string }
  /** Somebody was shown one of our own. @source XEP-0333 */
  | { readonly kind: 'read'; readonly by: string; readonly id: string };

/** A receipt that the sender asks for. @source XEP-0184 */
export interface Receipt {
  readonly to: string;
  readonly id: string;
}

/**
 * Reads a message stanza: from the archive, or as it came. Total: whatever is in it, it is read or left, and never
 * throws. Pure, but for the name it gives to a message that has no id at all.
 *
 * @returns undefined for what is no message to us: errors, headlines, receipts, states of typing, talk among our own, and
 *   markers in rooms
 */
export function readMessage(stanza: Element, context: MessageContext): ReadMessage | undefined {
  const type = stanza.attrs.type ?? 'normal';
  const sender = stanza.attrs.from;
  if (typeof sender !== 'string' || stanza.getName() !== 'message') return undefined;
  const from = bareOf(sender);
  const id = originOf(stanza);
  const inRoom = context.rooms.has(from);
  const own = inRoom ? resourceOf(sender) === context.rooms.get(from) : from === context.account;
  if (own) return id === undefined || type === 'error' ? undefined : { kind: 'own', id };
  // A whisper of somebody in a room comes from the room's address and could not be told from the room.
  if (inRoom ? type !== 'groupchat' : type !== 'chat' && type !== 'normal') return undefined;
  const content = contentOf(stanza);
  if (content === undefined) return inRoom ? undefined : markerOf(stanza, from);
  const place = inRoom ? occupantOf(stanza, sender, context.told === true) : from;
  const message: IncomingMessage = {
    dedupeKey:
      context.archiveId === undefined
        ? `${place} ${id ?? randomUUID()}`
        : `archive ${inRoom ? `${from} ` : ''}${context.archiveId}`,
    thread: { key: from, kind: inRoom ? 'room' : 'direct', address: from },
    from: place,
    ...content,
    at: instantOf(context.stamp ?? stanza.getChild('delay', ns.delay)?.attrs.stamp, context.now),
    addressed: inRoom ? names(content.text, context.rooms.get(from)!) : true,
  };
  const asks = !inRoom && stanza.getChild('request', ns.receipts) !== undefined && stanza.attrs.id !== undefined;
  return { kind: 'heard', message, ...(asks ? { receipt: { to: sender, id: String(stanza.attrs.id) } } : {}) };
}

/** Its sender's own id of it. @source XEP-0359 */
export function originOf(stanza: Element): string | undefined {
  const id = stanza.getChild('origin-id', ns.stanzaId)?.attrs.id ?? stanza.attrs.id;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

function markerOf(stanza: Element, by: string): ReadMessage | undefined {
  const id = stanza.getChild('displayed', ns.markers)?.attrs.id;
  return typeof id === 'string' ? { kind: 'read', by, id } : undefined;
}

function contentOf(stanza: Element): Pick<IncomingMessage, 'text' | 'incomplete'> | undefined {
  const body = stanza.getChildText('body') ?? undefined;
  const encryption = encryptionOf(stanza, body);
  // What stands in the body of such a message is a notice of the sender's program.
  if (encryption !== undefined)
    return { text: '', incomplete: `It is encrypted (${encryption}), which cannot be opened here` };
  if (body === undefined) return undefined;
  const text = visibleText(body);
  if (text.trim() === '') return undefined;
  if (text.length <= limits.chatTextChars) return { text };
  return {
    text: text
      .slice(0, limits.chatTextChars)
      .toWellFormed()
      .replace(/\ufffd$/u, ''),
    incomplete: `It is longer than ${limits.chatTextChars} characters, and only its beginning was kept`,
  };
}

/**
 * Who speaks in a room: the real address where the room itself tells it, else the address in the room. A sender may write
 * such an element too: then there are two, or, in a room that tells nothing, one that proves nothing.
 *
 * @source XEP-0313 6.1.2
 */
function occupantOf(stanza: Element, sender: string, told: boolean): string {
  const items = told ? stanza.getChildren('x', ns.mucUser) : [];
  const real = items.length === 1 ? items[0]!.getChild('item', ns.mucUser)?.attrs.jid : undefined;
  return typeof real === 'string' && real !== '' ? bareOf(real) : `${bareOf(sender)}/${resourceOf(sender) ?? ''}`;
}

/** Whether a text has a nick in it as a word of its own. */
function names(text: string, nick: string): boolean {
  const [whole, part] = [text.toLowerCase(), nick.toLowerCase()];
  for (let at = whole.indexOf(part); at >= 0; at = whole.indexOf(part, at + 1)) {
    const around = whole.slice(Math.max(0, at - 1), at) + whole.slice(at + part.length, at + part.length + 1);
    if (!/[\p{L}\p{N}_]/u.test(around)) return true;
  }
  return false;
}

/** Times outside the calendar that the store holds become its ends. */
function instantOf(stamp: unknown, now: Date): string {
  const at = typeof stamp === 'string' ? Date.parse(stamp) : Number.NaN;
  return new Date(Number.isNaN(at) ? now : Math.min(Math.max(at, 0), latest)).toISOString();
}
