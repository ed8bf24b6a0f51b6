import { xml } from '@xmpp/client';
import type { XmppChannel } from '../../../schemas/channel-file.ts';
import type { ChatServing } from '../../../schemas/chat-adapter.ts';
import { systemClock } from '../../../schemas/clock.ts';
import { catchUp, type Reader, takeIn } from './catch-up.ts';
import { connectXmpp, type XmppLink } from './connect-xmpp.ts';
import type { Element } from './element.ts';
import { joinRoom } from './join-room.ts';
import { keepLink } from './live-links.ts';
import { nameXmppFailure } from './name-xmpp-failure.ts';
import { type LiveMessage, readLive } from './read-live.ts';
import { type ReadMessage, readMessage } from './read-message.ts';
import { bareOf, domainOf, ns } from './xmpp-names.ts';
import { type XmppTimings, xmppTimings } from './xmpp-timings.ts';

/**
 * Serves one connection of an XMPP account until it breaks or is asked to end. What comes live is a hint to read the
 * archive; only what no archive holds is taken in as it came.
 *
 * @throws channelBusy, channelLoginRefused, channelInsecure, sessionSuperseded, storeBusy
 */
export async function serveXmpp(serving: ChatServing<XmppChannel>, timings: XmppTimings = xmppTimings): Promise<void> {
  const { channel, signal } = serving;
  const over = new AbortController();
  let link: XmppLink | undefined;
  let forget: () => void = () => undefined;
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true, signal: over.signal });
  });
  try {
    if (signal.aborted) return;
    link = await connectXmpp(channel, signal, timings);
    forget = keepLink(link);
    const rooms = new Map(channel.rooms.map(({ room, nick }) => [bareOf(room), nick]));
    await Promise.race([readForEver({ link, account: link.account, serving, rooms }, over.signal), link.lost, aborted]);
  } catch (error) {
    if (!signal.aborted) throw nameXmppFailure(error, domainOf(channel.jid));
  } finally {
    over.abort();
    forget();
    await link?.close();
  }
}

interface Archives {
  readonly present: Set<string>;
  readonly broken: Set<string>;
}

async function readForEver(reader: Reader, over: AbortSignal): Promise<void> {
  const { link, serving, rooms } = reader;
  const waiting: LiveMessage[] = [];
  let wake: () => void = () => undefined;
  const stop = link.onStanza((stanza) => {
    const live = readLive(stanza, reader);
    if (live === undefined) return;
    waiting.push(live);
    wake();
  });
  over.addEventListener('abort', () => {
    stop();
    wake();
  });
  const known: Archives = { present: new Set(), broken: new Set() };
  const due = new Set<string>();
  // Beside the reading: a room that does not answer holds up nobody. What was said before we were in is read after it.
  const join = () =>
    joinAll(reader, (room) => {
      due.add(room);
      wake();
    });
  const all = [link.account, ...rooms.keys()];
  // Before the presence, or a server hands over as new what it kept for us in its archive.
  await readAll(reader, [link.account], known);
  await link.ask('set', xml('enable', { xmlns: ns.carbons })).catch(() => undefined);
  await link.send(xml('presence', {}));
  join();
  await readAll(reader, all, known);
  serving.up();
  while (!over.aborted) {
    const waits = waiting.length > 0 || due.size > 0;
    const woken = waits || (await newsOrTime(serving.channel.readEvery, (news) => (wake = news)));
    if (over.aborted) return;
    if (!woken) join();
    const { archives, loose } = sort(waiting.splice(0), known.present, rooms);
    // A room that is silent takes the time of all others: it is not asked again for each message.
    for (const archive of woken ? archives.filter((one) => !known.broken.has(one)) : all) due.add(archive);
    const now = [...due];
    due.clear();
    await takeLoose(reader, loose);
    await readAll(reader, now, known);
  }
}

/** Waits for what comes first. @returns whether it was news */
async function newsOrTime(readEveryMs: number, onNews: (news: () => void) => void): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  onNews(() => resolve(true));
  // A longer wait would overflow and end at once.
  const timer = setTimeout(() => resolve(false), Math.min(readEveryMs, 2 ** 31 - 1));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

/** @param entered - told of each room that let us in, now or before */
function joinAll({ link, rooms }: Reader, entered: (room: string) => void): void {
  for (const [room, nick] of rooms) {
    joinRoom(link, room, nick).then(
      (there) => there && entered(room),
      () => undefined,
    );
  }
}

/** Parts what came live: archives that have news, and messages that no archive holds. */
function sort(waiting: readonly LiveMessage[], present: ReadonlySet<string>, rooms: Reader['rooms']) {
  const archives = new Set<string>();
  const loose: Element[] = [];
  for (const { archive, archiveId, delayed, stanza } of waiting) {
    if (present.has(archive) && (archiveId !== undefined || delayed)) archives.add(archive);
    // History of a room without an archive was said before we came.
    else if (!delayed || !rooms.has(archive)) loose.push(stanza);
  }
  return { archives: [...archives], loose };
}

/**
 * @param present - archives that exist, as far as is known; kept up here
 * @param broken - rooms whose archive could not be read; kept up here
 */
async function readAll(reader: Reader, archives: readonly string[], { present, broken }: Archives): Promise<void> {
  for (const archive of archives) {
    const outcome = await catchUp(reader, archive === reader.link.account ? undefined : archive);
    if (outcome === 'failed') broken.add(archive);
    else broken.delete(archive);
    if (outcome === 'whole') present.add(archive);
    if (outcome === 'none') present.delete(archive);
  }
}

async function takeLoose(reader: Reader, stanzas: readonly Element[]): Promise<void> {
  if (stanzas.length === 0) return;
  const { account, rooms } = reader;
  const read = stanzas.map((stanza): ReadMessage | undefined =>
    readMessage(stanza, { account, rooms, now: systemClock.now() }),
  );
  if (read.some((one) => one !== undefined)) await takeIn(reader, read);
}
