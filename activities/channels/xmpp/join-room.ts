import { xml } from '@xmpp/client';
import type { XmppLink } from './connect-xmpp.ts';
import type { Element } from './element.ts';
import { bareOf, ns, resourceOf } from './xmpp-names.ts';

const joined = new WeakMap<XmppLink, Map<string, Promise<boolean>>>();

/**
 * Joins a room over a connection, without its history: the archive has that. May be repeated; a room that was joined
 * over this connection is not joined again.
 *
 * @returns whether the room let us in
 * @throws channelBusy
 * @source XEP-0045 7.2
 */
export async function joinRoom(link: XmppLink, room: string, nick: string): Promise<boolean> {
  const known = joined.get(link) ?? new Map<string, Promise<boolean>>();
  joined.set(link, known);
  let begun = known.get(room);
  if (begun === undefined) {
    begun = stay(link, room, nick, () => known.delete(room));
    known.set(room, begun);
  }
  return await begun;
}

/**
 * Joins a room where we are not in it, or no longer: a room that was restarted without a word is asked. May be repeated.
 *
 * @returns whether the room let us in now
 * @throws channelBusy
 * @source XEP-0410
 */
export async function rejoinRoom(link: XmppLink, room: string, nick: string): Promise<boolean> {
  if (joined.get(link)?.has(room) === true) {
    if (await mayBeIn(link, room, nick)) return false;
    forgetRoom(link, room);
  }
  return await joinRoom(link, room, nick);
}

/** Answers to a ping to ourselves that do not say that we are out: somebody in the room, or nobody at all, gave them. */
const unsure = new Set([
  'service-unavailable',
  'feature-not-implemented',
  'item-not-found',
  'remote-server-not-found',
  'remote-server-timeout',
]);

async function mayBeIn(link: XmppLink, room: string, nick: string): Promise<boolean> {
  try {
    await link.ask('get', xml('ping', { xmlns: ns.ping }), `${room}/${nick}`);
    return true;
  } catch (error) {
    const { name, condition } = error as { readonly name?: unknown; readonly condition?: unknown };
    return name !== 'StanzaError' || unsure.has(String(condition));
  }
}

/** @param gone - called when we did not come in, or are out again */
async function stay(link: XmppLink, room: string, nick: string, gone: () => void): Promise<boolean> {
  const entered = await enter(link, room, nick).catch((error: unknown) => {
    gone();
    throw error;
  });
  if (entered) onLeft(link, room, nick, gone);
  else gone();
  return entered;
}

/** Forgets that a room was joined, once it says that we are not there: it may have been restarted without a word. */
export function forgetRoom(link: XmppLink, room: string): void {
  joined.get(link)?.delete(room);
}

/** Notes that we are out of a room: thrown out, or the room went away with its server. */
function onLeft(link: XmppLink, room: string, nick: string, left: () => void): void {
  const stop = link.onStanza((stanza) => {
    if (stanza.getName() !== 'presence' || stanza.attrs.type !== 'unavailable') return;
    if (bareOf(String(stanza.attrs.from ?? '')) !== room || resourceOf(String(stanza.attrs.from)) !== nick) return;
    stop();
    left();
  });
}

async function enter(link: XmppLink, room: string, nick: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const patience = setTimeout(() => resolve(false), link.timings.askMs);
  const stop = link.onStanza((stanza) => {
    const answer = answerOf(stanza, room, nick);
    if (answer !== undefined) resolve(answer);
  });
  try {
    const noHistory = xml('x', { xmlns: ns.muc }, xml('history', { maxchars: '0' }));
    await link.send(xml('presence', { to: `${room}/${nick}` }, noHistory));
    return await promise;
  } finally {
    clearTimeout(patience);
    stop();
  }
}

/** What a presence says of our wish to come in; undefined for any other. */
function answerOf(stanza: Element, room: string, nick: string): boolean | undefined {
  const from = String(stanza.attrs.from ?? '');
  if (stanza.getName() !== 'presence' || bareOf(from) !== room) return undefined;
  if (stanza.attrs.type === 'error') return false;
  const states = stanza.getChild('x', ns.mucUser)?.getChildren('status') ?? [];
  const own = resourceOf(from) === nick || states.some(({ attrs }) => attrs.code === '110');
  return own && stanza.attrs.type === undefined ? true : undefined;
}
