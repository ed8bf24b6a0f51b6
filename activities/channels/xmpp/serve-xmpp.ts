import { xml } from '@xmpp/client';
import type { XmppChannel } from '../../../schemas/channel-file.ts';
import type { ChatServing } from '../../../schemas/chat-adapter.ts';
import { systemClock } from '../../../schemas/clock.ts';
import { StewardError } from '../../../schemas/errors.ts';
import { catchUp, type Reader, takeIn } from './catch-up.ts';
import { connectXmpp, type XmppLink } from './connect-xmpp.ts';
import { hearLive } from './hear-live.ts';
import { rejoinRoom } from './join-room.ts';
import { keepLink } from './live-links.ts';
import { nameXmppFailure } from './name-xmpp-failure.ts';
import { readDeadline } from './read-deadline.ts';
import type { LiveMessage } from './read-live.ts';
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
  readonly unread: Set<string>;
}

async function readForEver(connection: Reader, over: AbortSignal): Promise<void> {
  const { link, serving, rooms } = connection;
  const news = hearLive(connection, over);
  const reader: Reader = { ...connection, met: news.met };
  const due = new Set<string>();
  const known: Archives = { present: new Set(), broken: new Set(), unread: due };
  // Beside the reading: a room that does not answer holds up nobody. What was said before we were in is read after it.
  const join = () =>
    joinAll(reader, (room) => {
      due.add(room);
      news.wake();
    });
  const all = [link.account, ...rooms.keys()];
  // Before the presence, or a server hands over as new what it kept for us in its archive.
  do {
    due.clear();
    await readAll(reader, [link.account], known);
  } while (due.size > 0 && !over.aborted);
  await link.ask('set', xml('enable', { xmlns: ns.carbons })).catch(() => undefined);
  await link.send(xml('presence', {}));
  join();
  // The rest of a room that has very much to tell is read beside what comes live.
  await readAll(reader, all, known);
  serving.up();
  const deadline = readDeadline(serving.channel.readEvery, over, news.wake);
  for (;;) {
    if (due.size === 0) await news.wait();
    if (over.aborted) return;
    const timed = deadline.passed();
    if (timed) join();
    const { archives, loose, lost } = news.next(known.present);
    // A room that is silent takes the time of all others: it is not asked again for each message.
    for (const archive of timed ? all : archives.filter((one) => !known.broken.has(one))) due.add(archive);
    const now = [...due];
    due.clear();
    await takeLive(reader, loose);
    if (lost) throw new StewardError('channelBusy', `${domainOf(link.account)} sent more at once than can be kept`);
    const held = news.held();
    const read = await readAll(reader, now, known);
    // An archive may give a message later than the message comes, and behind the place that we have read to.
    const late = held.filter(({ archive, archiveId }) => read.has(archive) && news.met(archive, archiveId!));
    await takeLive(reader, late);
    if (timed) deadline.again();
  }
}

/** @param entered - told of each room that lets us in now */
function joinAll({ link, rooms }: Reader, entered: (room: string) => void): void {
  for (const [room, nick] of rooms) {
    rejoinRoom(link, room, nick).then(
      (there) => there && entered(room),
      () => undefined,
    );
  }
}

/**
 * @param present - archives that exist, as far as is known; kept up here
 * @param broken - rooms whose archive could not be read; kept up here
 * @param unread - archives that have more to give are added here
 * @returns the archives that have no more to give
 */
async function readAll(
  reader: Reader,
  archives: readonly string[],
  { present, broken, unread }: Archives,
): Promise<ReadonlySet<string>> {
  const read = new Set<string>();
  for (const archive of archives) {
    const outcome = await catchUp(reader, archive === reader.link.account ? undefined : archive);
    if (outcome === 'failed') broken.add(archive);
    else broken.delete(archive);
    if (outcome === 'part') unread.add(archive);
    else if (outcome !== 'failed') read.add(archive);
    if (outcome === 'whole' || outcome === 'part') present.add(archive);
    if (outcome === 'none') present.delete(archive);
  }
  return read;
}

/** Takes in messages as they came: whoever speaks in a room is known by the address there alone. */
async function takeLive(reader: Reader, messages: readonly LiveMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const { account, rooms } = reader;
  const read = messages.map(({ stanza, archiveId }): ReadMessage | undefined =>
    readMessage(stanza, { account, rooms, archiveId, told: false, now: systemClock.now() }),
  );
  if (read.some((one) => one !== undefined)) await takeIn(reader, read);
}
