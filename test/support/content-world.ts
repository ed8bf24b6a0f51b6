import { makeExtract } from '../../activities/models/extract.ts';
import { openRouter } from '../../activities/models/open-router.ts';
import { makeSummariser } from '../../activities/models/summarise.ts';
import { type Channel, channelFile } from '../../schemas/channel-file.ts';
import { type fixedClock, fixedClock as makeClock } from '../../schemas/clock.ts';
import { fires } from '../../schemas/db/fires.ts';
import type { FileSet } from '../../schemas/file-set.ts';
import { newId } from '../../schemas/ids.ts';
import { instanceFile } from '../../schemas/instance-file.ts';
import type { ParsedMail } from '../../schemas/message.ts';
import { modelsFile } from '../../schemas/models-file.ts';
import { ensureAccount } from '../../store/accounts/ensure-account.ts';
import type { Account } from '../../store/accounts/find-account.ts';
import { inProcessHotTier } from '../../store/hot/in-process.ts';
import { acceptMails } from '../../store/inbox/accept-mails.ts';
import { parsedMail } from './parsed-mail.ts';
import { type TestStore, testStore } from './postgres.ts';

/** A store with channels, and quick ways to put fires and mails into it. */
export interface ContentWorld extends TestStore {
  readonly clock: ReturnType<typeof fixedClock>;
  /** What `Files.current()` gives; a test may change it. */
  files: FileSet;
  readonly account: Account;
  fire(of?: Partial<typeof fires.$inferInsert>): Promise<string>;
  /** Takes mails in as a session would. @returns inbox ids */
  receive(mails: readonly Partial<ParsedMail>[], seen?: boolean): Promise<readonly string[]>;
}

/** A channel of a Maildir, as if read from `channels/<name>.yaml`. */
export function maildirChannel(name: string, address = `${name}@example.org`): Channel {
  const file = channelFile.parse({ kind: 'maildir', addresses: [address], path: `/var/mail/${name}` });
  return { ...file, name, hash: name };
}

/** @param channels - `home` and `work` when left out; mail is received on the first */
export async function contentWorld(
  channels: readonly Channel[] = [maildirChannel('home'), maildirChannel('work')],
): Promise<ContentWorld> {
  const clock = makeClock('2026-11-23T08:00:00Z');
  const world = await testStore({ clock });
  const { store, personId } = world;
  const account = await ensureAccount(store, channels[0] as Channel, personId);
  let serial = 0;
  return {
    ...world,
    clock,
    account,
    files: {
      triggers: new Map(),
      channels: new Map(channels.map((channel) => [channel.name, channel])),
      models: modelsFile.parse({}),
      instance: instanceFile.parse({}),
      faults: [],
    },
    async fire(of = {}) {
      const id = newId('fire', clock);
      const at = clock.now();
      await store.db.insert(fires).values({
        ...{ id, personId, trigger: 'digest', flow: 'emailDigest', slotKey: id, kind: 'manual', priority: 'normal' },
        ...{ workflowId: `fire:digest:${id}`, deliver: [], dueAt: at, acceptedAt: at, ...of },
      });
      return id;
    },
    async receive(mails, seen = false) {
      const session = { accountId: account.id, personId, fence: account.fence, channel: account.channel };
      const incoming = mails.map((mail) => {
        serial += 1;
        const messageId = `<mail-${serial}@example.org>`;
        return {
          ...{ dedupeKey: messageId, place: { path: `new/${serial}` }, seen, sizeBytes: 1_000 },
          receivedAt: new Date(clock.now().getTime() + serial).toISOString(),
          mail: parsedMail({ messageId, ...mail }),
        };
      });
      return (await acceptMails(store, session, incoming)).inboxIds;
    },
  };
}

/** Summaries by the models of its files, else extractive. */
export function openSummariserOf(world: ContentWorld) {
  const { clock, store, personId } = world;
  const files = { current: () => world.files };
  const hot = inProcessHotTier(clock);
  const { askModel } = openRouter({
    store,
    files,
    hot,
    personId,
    log: { warn: () => undefined, info: () => undefined },
  });
  const extract = makeExtract(askModel, (words) => store.keys.fingerprint('mark', words));
  return makeSummariser({ files, extract, clock });
}
