import type { ImapFlow } from 'imapflow';
import type { Logger } from 'pino';
import type { IncomingMail } from '../../../schemas/message.ts';
import {
  beginCursor,
  type Cursor,
  type CursorMove,
  readCursor,
  type SessionRight,
} from '../../../store/accounts/cursor.ts';
import { holdFence } from '../../../store/accounts/take-fence.ts';
import { type AcceptedMails, acceptMails } from '../../../store/inbox/accept-mails.ts';
import { knownKeys, knownUids } from '../../../store/inbox/known-places.ts';
import type { Store } from '../../../store/store.ts';
import { fetchMails, groupMailsBySize, type MailOutline, outlineMails } from './fetch-mails.ts';
import { messageIdentity } from './message-identity.ts';
import type { ProveSender } from './prove-sender.ts';
import { splitHeader } from './split-header.ts';

export interface ReadMailboxDeps {
  readonly store: Store;
  readonly client: ImapFlow;
  readonly session: SessionRight & { readonly channel: string };
  readonly proveSender: ProveSender;
  readonly log: Logger;
  /** UIDs of this connection that need no second look. */
  readonly settled: Set<number>;
  readonly signal: AbortSignal;
  /** Told of each batch that was taken in, after its commit. */
  readonly accepted: (mails: AcceptedMails) => Promise<void>;
  /** Marks what is said to Steward. */
  readonly heed: (mail: IncomingMail) => IncomingMail;
}

/** A mail can become visible after one with a higher UID; so many are looked at again. */
const overlapUids = 50;
const dayMs = 86_400_000;

/**
 * Reads the selected mailbox from its cursor on. The truth behind every hint; may be repeated at any time.
 *
 * @throws sessionSuperseded, and what the connection throws
 * @source RFC 3501 2.3.1.1, RFC 7162
 */
export async function readMailbox(deps: ReadMailboxDeps): Promise<void> {
  const { client, store, session } = deps;
  const box = client.mailbox;
  if (box === false) return;
  const uidValidity = String(box.uidValidity ?? 0);
  // The library's mailbox object is live; these must not move while mails are read.
  const lastUid = Math.max(0, Number(box.uidNext ?? 1) - 1);
  const at = { mailbox: box.path, uidValidity, highestModseq: box.highestModseq?.toString() };
  // A newer session may have read everything already; then this one would never write, and never notice.
  await holdFence(store, session.accountId, session.fence);
  const cursor = await readCursor(store, session.accountId, box.path);
  if (cursor === undefined) {
    const olderCount = lastUid === 0 ? 0 : await countUnread(client, lastUid);
    const horizon = await firstHorizon(client, store.clock.now(), box.exists);
    await beginCursor(store, session, { ...at, lastUid, horizon, olderCount });
    return;
  }
  if (cursor.uidValidity !== uidValidity || uidValidity === '0') {
    await readAnew(deps, cursor, { ...at, lastUid });
    return;
  }
  const found = await search(client, { uid: `${Math.max(1, cursor.lastUid - overlapUids + 1)}:*` });
  // `n:*` always names the last mail, also when its UID is below n.
  const fresh = found.filter((uid) => uid > cursor.lastUid);
  const late = await unsettled(
    deps,
    at,
    found.filter((uid) => uid <= cursor.lastUid),
  );
  await takeIn(deps, at, late, { wanted: sinceHorizon(cursor) });
  await takeIn(deps, at, fresh, { move: true });
}

/** UIDs mean nothing any more: everything since the horizon is listed again, and the ledger knows what it has. */
async function readAnew(deps: ReadMailboxDeps, cursor: Cursor, to: CursorMove): Promise<void> {
  const changed = cursor.uidValidity !== to.uidValidity;
  if (changed) deps.log.info({ account: deps.session.accountId }, 'UIDVALIDITY changed; the mailbox is listed again');
  // SINCE knows whole days of the server's zone only.
  const found = await search(deps.client, { since: new Date(cursor.horizon.getTime() - dayMs) });
  const uids = await unsettled(deps, to, found);
  await takeIn(deps, to, uids, { wanted: sinceHorizon(cursor), relisted: true });
  await acceptMails(deps.store, deps.session, [], to);
}

/** INTERNALDATE has whole seconds. */
const sinceHorizon = (cursor: Cursor) => (mail: MailOutline) =>
  mail.receivedAt.getTime() >= Math.floor(cursor.horizon.getTime() / 1_000) * 1_000;

async function takeIn(
  deps: ReadMailboxDeps,
  place: Omit<CursorMove, 'lastUid'>,
  uids: readonly number[],
  how: { move?: true; wanted?: (mail: MailOutline) => boolean; relisted?: true },
): Promise<void> {
  const { client, store, session, settled } = deps;
  const { mailbox, uidValidity } = place;
  for await (const window of outlineMails(client, uids, () => store.clock.now())) {
    const wanted = how.wanted === undefined ? window : window.filter(how.wanted);
    const outlines = how.relisted ? await unknown(deps, wanted) : wanted;
    for (const group of groupMailsBySize(outlines)) {
      deps.signal.throwIfAborted();
      const mails = await fetchMails(client, group, { mailbox, uidValidity }, deps.proveSender);
      const last = group.at(-1)?.uid;
      const move = how.move && last !== undefined ? { ...place, lastUid: last } : undefined;
      await deps.accepted(await acceptMails(store, session, mails.map(deps.heed), move));
    }
    for (const { uid } of window) settled.add(uid);
  }
  const last = uids.at(-1);
  // Mails deleted between the search and the fetch move the cursor too.
  if (how.move && last !== undefined) await acceptMails(store, session, [], { ...place, lastUid: last });
}

async function unsettled(
  { store, session, settled }: ReadMailboxDeps,
  place: { mailbox: string; uidValidity: string },
  uids: readonly number[],
): Promise<number[]> {
  const open = uids.filter((uid) => !settled.has(uid));
  // Under UIDVALIDITY 0 the same number may be another mail.
  if (place.uidValidity === '0') return open;
  const known = await knownUids(store, { accountId: session.accountId, ...place }, open);
  for (const uid of known) settled.add(uid);
  return open.filter((uid) => !known.has(uid));
}

/** Of mails listed again, those whose header the ledger does not know: their bodies need not be fetched. */
async function unknown(deps: ReadMailboxDeps, outlines: MailOutline[]): Promise<MailOutline[]> {
  if (outlines.length === 0) return outlines;
  const keys = new Map<number, string>();
  const range = outlines.map(({ uid }) => uid).join(',');
  for await (const row of deps.client.fetch(range, { uid: true, headers: true }, { uid: true })) {
    const raw = row.headers ?? Buffer.alloc(0);
    keys.set(row.uid, messageIdentity(splitHeader(raw), raw, { sizeBytes: raw.length, emailId: row.emailId }));
  }
  const known = await knownKeys(deps.store, deps.session, [...keys.values()]);
  return outlines.filter(({ uid }) => !known.has(keys.get(uid) ?? ''));
}

async function search(client: ImapFlow, query: { uid?: string; since?: Date; seen?: boolean }): Promise<number[]> {
  const found = await client.search(query, { uid: true });
  if (!Array.isArray(found)) throw Object.assign(new Error('SEARCH was refused'), { code: 'SearchRefused' });
  return found.sort((a, b) => a - b);
}

async function countUnread(client: ImapFlow, lastUid: number): Promise<number> {
  const query = { seen: false, uid: `1:${lastUid}` };
  const found = await client.search(query, { uid: true, returnOptions: ['COUNT'] });
  if (Array.isArray(found)) return found.length;
  return typeof found === 'object' ? (found.count ?? 0) : 0;
}

/** Now, or just after the newest mail where the server's clock is ahead of ours. */
async function firstHorizon(client: ImapFlow, now: Date, exists: number): Promise<Date> {
  if (exists === 0) return now;
  const rows = await client.fetchAll(`${Math.max(1, exists - overlapUids + 1)}:*`, { uid: true, internalDate: true });
  const ahead = rows
    .map((row) => new Date(row.internalDate ?? Number.NaN).getTime() + 1_000)
    .filter((at) => at > now.getTime() && at < now.getTime() + dayMs);
  return new Date(Math.max(now.getTime(), ...ahead));
}
