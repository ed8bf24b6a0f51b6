import { xml } from '@xmpp/client';
import type { XmppChannel } from '../../../schemas/channel-file.ts';
import type { ChatServing } from '../../../schemas/chat-adapter.ts';
import { systemClock } from '../../../schemas/clock.ts';
import { type ArchiveToken, readToken, writeToken } from './archive-token.ts';
import type { XmppLink } from './connect-xmpp.ts';
import { type ArchivePage, hasNoArchive, isForgotten, queryArchive } from './query-archive.ts';
import { type ReadMessage, type Receipt, readMessage } from './read-message.ts';
import { tellsAddresses } from './tells-addresses.ts';
import { bareOf, ns } from './xmpp-names.ts';

/** Servers give no more than they like; a page is one transaction of ours. */
const pageSize = 50;
/** Of one archive at a time, so that a long one holds up no other. */
const maxPages = 40;
/** Servers stamp by the second, and two archives of one account may differ by a little. The ledger drops what it holds. */
const overlapMs = 60_000;

/** One connection that reads. */
export interface Reader {
  readonly link: XmppLink;
  readonly account: string;
  readonly serving: ChatServing<XmppChannel>;
  readonly rooms: ReadonlyMap<string, string>;
  /** Told of each message of an archive once it is taken in. */
  met?(archive: string, archiveId: string): void;
}

/**
 * What reading an archive came to: `part` where it has more to give, `none` where there is no such archive, `failed` where
 * a room did not let us read on.
 */
export type CaughtUp = 'whole' | 'part' | 'none' | 'failed';

/**
 * Reads an archive from its cursor to its end, or as far as one turn goes, and takes each page in with the move of the cursor. At first sight the
 * newest message becomes the cursor, and nothing older is acted on. May be repeated.
 *
 * @param room - a room's bare JID; the own account's archive when left out
 * @returns `failed` only for a room: one room that is broken does not take the account down
 * @throws channelBusy, sessionSuperseded, storeBusy
 * @source XEP-0313
 */
export async function catchUp(reader: Reader, room?: string): Promise<CaughtUp> {
  const token = await reader.serving.cursor(placeOf(room));
  if (token === undefined) return await begin(reader, room);
  let from = readToken(token);
  for (let pages = 0; pages < maxPages; pages += 1) {
    const page = await asked(room, () => pageAfter(reader.link, from, room));
    if (page === undefined) return await begin(reader, room);
    if (typeof page === 'string') return page;
    const to = await takePage(reader, page, from, room);
    // A server that gives the same page again would do so for ever.
    if (page.complete || to.id === from.id) return 'whole';
    from = to;
  }
  return 'part';
}

/** The name of an archive's cursor. */
const placeOf = (room: string | undefined) => room ?? 'archive';

/** Asks, and makes a word of a refusal. That the link is lost the link says by itself. */
async function asked<T>(room: string | undefined, question: () => Promise<T>): Promise<T | 'none' | 'failed'> {
  try {
    return await question();
  } catch (error) {
    if (hasNoArchive(error)) return 'none';
    if (room === undefined) throw error;
    return 'failed';
  }
}

async function begin({ link, serving }: Reader, room: string | undefined): Promise<CaughtUp> {
  const page = await asked(room, () => queryArchive(link, { room, max: 1, before: '' }));
  if (typeof page === 'string') return page;
  const newest = page.messages.at(-1);
  await serving.take([], { place: placeOf(room), token: writeToken({ id: newest?.archiveId, at: newest?.stamp }) });
  return 'whole';
}

/** The page after a cursor; undefined where the archive knows neither its message nor its time. */
async function pageAfter(link: XmppLink, from: ArchiveToken, room?: string): Promise<ArchivePage | undefined> {
  if (from.id === undefined) return await queryArchive(link, { room, max: pageSize });
  try {
    return await queryArchive(link, { room, max: pageSize, after: from.id });
  } catch (error) {
    if (!isForgotten(error)) throw error;
    const at = Date.parse(from.at ?? '');
    if (Number.isNaN(at)) return undefined;
    return await queryArchive(link, { room, max: pageSize, start: new Date(at - overlapMs).toISOString() });
  }
}

async function takePage(reader: Reader, page: ArchivePage, from: ArchiveToken, room?: string): Promise<ArchiveToken> {
  const newest = page.messages.at(-1);
  if (newest === undefined) return from;
  const { account, rooms, link } = reader;
  // After the page: a room that answers nothing is waited for once.
  const told = room !== undefined && (await tellsAddresses(link, room));
  const read = page.messages.map(({ stanza, archiveId, stamp }) =>
    readMessage(stanza, { account, rooms, archiveId, told, stamp, now: systemClock.now() }),
  );
  const to = { id: newest.archiveId, at: newest.stamp };
  await takeIn(reader, read, { place: placeOf(room), token: writeToken(to) });
  for (const { archiveId } of page.messages) reader.met?.(room ?? account, archiveId);
  return to;
}

/**
 * Takes in what was read; only then says so to the owner where a receipt was asked for. A stranger gets none: it would
 * tell anyone that somebody is here.
 *
 * @throws channelBusy, sessionSuperseded, storeBusy
 * @source XEP-0184 8
 */
export async function takeIn(
  { link, serving }: Reader,
  read: readonly (ReadMessage | undefined)[],
  move?: { readonly place: string; readonly token: string },
): Promise<void> {
  const heard = read.filter((one) => one?.kind === 'heard');
  for (const one of read) {
    if (one?.kind === 'own') await serving.cameBack(one.id);
    if (one?.kind === 'read') await serving.wasRead(one.by, one.id);
  }
  await serving.take(
    heard.map(({ message }) => message),
    move,
  );
  const owner = new Set(serving.channel.addresses.map(bareOf));
  for (const { message, receipt } of heard)
    if (receipt !== undefined && owner.has(message.from)) await link.send(receiptOf(receipt));
}

const receiptOf = ({ to, id }: Receipt) =>
  xml('message', { to, type: 'chat' }, xml('received', { xmlns: ns.receipts, id }));
