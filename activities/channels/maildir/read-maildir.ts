import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { IncomingMail } from '../../../schemas/message.ts';
import { limits } from '../../../schemas/protocol.ts';
import { beginCursor, type Cursor, readCursor, type SessionRight } from '../../../store/accounts/cursor.ts';
import { holdFence } from '../../../store/accounts/take-fence.ts';
import { type AcceptedMails, acceptMails } from '../../../store/inbox/accept-mails.ts';
import { knownMaildirNames } from '../../../store/inbox/known-places.ts';
import type { Store } from '../../../store/store.ts';
import { messageIdentity } from '../mail/message-identity.ts';
import { parseMail } from '../mail/parse-mail.ts';
import type { ProveSender } from '../mail/prove-sender.ts';
import { splitHeader } from '../mail/split-header.ts';
import { isSeen } from './maildir-name.ts';
import { type MaildirFile, scanMaildir } from './scan-maildir.ts';

export interface ReadMaildirDeps {
  readonly store: Store;
  readonly session: SessionRight & { readonly channel: string };
  readonly folder: string;
  readonly proveSender: ProveSender;
  /** Unique names that need no second look while this session lasts. */
  readonly settled: Set<string>;
  readonly signal: AbortSignal;
  readonly accepted: (mails: AcceptedMails) => Promise<void>;
  /** Marks what is said to Steward. */
  readonly heed: (mail: IncomingMail) => IncomingMail;
}

const mailbox = 'maildir';
const groupMails = 50;
const groupBytes = 8 * 1_048_576;

/**
 * Takes in what lies in new/ and cur/ since the horizon and is not in the ledger. May be repeated at any time.
 * At first sight it takes nothing: the newest file that lies there is the horizon.
 *
 * @throws sessionSuperseded, and what the file system throws
 */
export async function readMaildir(deps: ReadMaildirDeps): Promise<void> {
  // A newer session may have read everything already; then this one would never write, and never notice.
  await holdFence(deps.store, deps.session.accountId, deps.session.fence);
  const cursor = await readCursor(deps.store, deps.session.accountId, mailbox);
  if (cursor === undefined) return await firstSight(deps);
  for await (const batch of scanMaildir(deps.folder, deps.settled)) {
    deps.signal.throwIfAborted();
    const open = await unknown(deps, cursor, batch);
    for (const group of groupsOf(open)) await takeIn(deps, group);
  }
}

async function firstSight({ store, session, folder, settled }: ReadMaildirDeps): Promise<void> {
  const ahead = store.clock.now().getTime() + 86_400_000;
  let horizon = 0;
  let olderCount = 0;
  for await (const batch of scanMaildir(folder, settled)) {
    for (const file of batch) {
      settled.add(file.unique);
      if (!isSeen(file.path)) olderCount += 1;
      // A file dated years ahead must not close the mailbox for as long.
      if (file.arrivedAt.getTime() < ahead) horizon = Math.max(horizon, file.arrivedAt.getTime());
    }
  }
  await beginCursor(store, session, { mailbox, uidValidity: '', lastUid: 0, horizon: new Date(horizon), olderCount });
}

/** Files since the horizon that the ledger does not know by name. */
async function unknown(deps: ReadMaildirDeps, cursor: Cursor, batch: MaildirFile[]): Promise<MaildirFile[]> {
  const { store, session, settled } = deps;
  const recent = batch.filter((file) => file.arrivedAt.getTime() > cursor.horizon.getTime());
  const known = await knownMaildirNames(
    store,
    session.accountId,
    recent.map((file) => file.unique),
  );
  const open = recent.filter((file) => !known.has(file.unique));
  const waiting = new Set(open);
  for (const file of batch) if (!waiting.has(file)) settled.add(file.unique);
  return open;
}

async function takeIn(deps: ReadMaildirDeps, group: readonly MaildirFile[]): Promise<void> {
  const mails: IncomingMail[] = [];
  const read: string[] = [];
  for (const file of group) {
    const mail = await readFile(deps, file);
    if (mail === undefined) continue;
    mails.push(mail);
    read.push(file.unique);
  }
  await deps.accepted(await acceptMails(deps.store, deps.session, mails.map(deps.heed)));
  for (const unique of read) deps.settled.add(unique);
}

async function readFile(deps: ReadMaildirDeps, file: MaildirFile): Promise<IncomingMail | undefined> {
  let raw: Buffer;
  try {
    raw = await beginning(join(deps.folder, file.path), Math.min(file.sizeBytes, limits.mailFetchBytes));
  } catch (error) {
    // Moved by a reader since it was listed: met again under its new name. Anything else is a real fault.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const header = splitHeader(raw);
  const { sizeBytes } = file;
  const mail = await parseMail(raw, { sizeBytes });
  const proof = await deps.proveSender(raw, header, mail.from.address, sizeBytes <= raw.length);
  return {
    dedupeKey: messageIdentity(header, raw, { sizeBytes }),
    place: { path: file.path },
    seen: isSeen(file.path),
    receivedAt: file.arrivedAt.toISOString(),
    sizeBytes,
    mail: { ...mail, proof },
  };
}

async function beginning(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(bytes);
    const { bytesRead } = await file.read(buffer, 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function groupsOf(files: readonly MaildirFile[]): MaildirFile[][] {
  const groups: MaildirFile[][] = [];
  let bytes = 0;
  for (const file of files) {
    const group = groups.at(-1);
    if (group === undefined || group.length === groupMails || bytes + file.sizeBytes > groupBytes) {
      groups.push([file]);
      bytes = file.sizeBytes;
    } else {
      group.push(file);
      bytes += file.sizeBytes;
    }
  }
  return groups;
}
