import { eq } from 'drizzle-orm';
import type { Logger } from 'pino';
import { type Channel, isPost } from '../../schemas/channel-file.ts';
import type { ChatTransport } from '../../schemas/chat-adapter.ts';
import { accounts } from '../../schemas/db/accounts.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import type { EffectState } from '../../schemas/endings.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { Files } from '../../schemas/file-set.ts';
import type { MailTransport, RenderedMail, SendResult } from '../../schemas/outgoing.ts';
import { sendRateOf } from '../../schemas/send-rate.ts';
import { ensureAccount } from '../../store/accounts/ensure-account.ts';
import { findAccount } from '../../store/accounts/find-account.ts';
import { readRendered } from '../../store/digests/read-rendered.ts';
import { claimEffect, contentBegins, type OutboxRow, openChat, openMail } from '../../store/outbox/claim-effect.ts';
import { queueEffect, queueMessages } from '../../store/outbox/queue-effect.ts';
import { recordCopyFound, recordRepeat, recordResult } from '../../store/outbox/record-result.ts';
import { inTransaction, type Store } from '../../store/store.ts';
import { everyPlace, type Place, resolvePlaces } from '../resolve-places.ts';
import { untilKept } from '../until-kept.ts';
import { messagesOf } from './messages-of.ts';

interface OutboxDeps {
  readonly store: Store;
  readonly files: Pick<Files, 'current'>;
  readonly transport: MailTransport;
  readonly chat: ChatTransport;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** Outward effects: minted, claimed, done at most once, and settled. @source docs/design/outbox.md */
export function makeOutboxActivities({ store, files, transport, chat, log }: OutboxDeps) {
  const queueFor = async (
    personId: string,
    { channel, address }: Place,
    { mail, ...named }: { effectKey: string; kind: 'digest' | 'report' | 'notice'; mail: RenderedMail },
  ): Promise<string[]> => {
    const account = await ensureAccount(store, channel, personId);
    const effect = { personId, ...named, channel: channel.kind, accountId: account.id, address };
    if (isPost(channel)) return [await queueEffect(store, { ...effect, mail })];
    const parts = messagesOf(mail, await chat.maxCharsOf(channel.kind));
    return await inTransaction(store, (inside) => queueMessages(inside, { ...effect, parts }));
  };

  return {
    /** Mints one effect for each place. May be repeated: the same fire and place are the same effect. @throws notFound */
    queue: async ({ personId, fireId, kind, sourceId, deliver }: QueueInput): Promise<Queued> => {
      const mail = await readRendered(store, sourceId);
      const { places, problems } = resolvePlaces(files.current(), deliver);
      const outboxIds: string[] = [];
      for (const place of places) {
        const effectKey = `${fireId}:${kind}:${place.name}`;
        outboxIds.push(...(await queueFor(personId, place, { effectKey, kind, mail })));
      }
      return { outboxIds, problems };
    },

    /** Mints a short message to every channel of the owner but one, or to those named. May be repeated: the key is the effect. */
    notice: async ({ personId, key, subject, text, except, to }: NoticeInput): Promise<{ outboxIds: string[] }> => {
      const set = files.current();
      const places = (to === undefined ? everyPlace(set) : resolvePlaces(set, to).places).filter(
        (place) => place.name !== except,
      );
      const outboxIds: string[] = [];
      for (const place of places) {
        const effectKey = `${key}:notice:${place.name}`;
        outboxIds.push(...(await queueFor(personId, place, { effectKey, kind: 'notice', mail: { subject, text } })));
      }
      return { outboxIds };
    },

    /** Tries one effect once, unless it is done, under way or unknown. May be repeated. @throws notFound, storeBusy */
    send: async ({ outboxId }: { outboxId: string }): Promise<SendOutcome> =>
      await tryOnce(outboxId, await channelOfEffect(outboxId)),

    /**
     * Looks for a copy of an unknown effect; reads only, at the far side. Where there is none, and the far side drops a
     * second one, it is queued again. May be repeated.
     *
     * @returns `hopeless` where its channel shows nothing that was sent, now or later
     */
    reconcile: async ({ outboxId }: { outboxId: string }): Promise<{ state: EffectState; hopeless?: true }> => {
      const [row] = await store.db.select().from(outbox).where(eq(outbox.id, outboxId));
      if (row === undefined) throw new StewardError('notFound', `There is no effect ${outboxId}`);
      // A call leaves no copy.
      if (row.state !== 'unknown' || row.kind === 'call') return { state: row.state };
      const channel = await channelOf(row.accountId);
      if (!isPost(channel) && (await rests(store, row.accountId, channel))) return { state: 'unknown' };
      const { found, where } = isPost(channel)
        ? await transport.findCopy(channel, openMail(store, row).messageId)
        : await chat.findCopy(channel, openChat(store, row));
      if (found) return { state: await recordCopyFound(store, outboxId, where ?? 'a copy') };
      const repeatableMs = isPost(channel) ? 0 : await chat.dropsRepeatsMs(channel);
      const ageMs = store.clock.now().getTime() - row.createdAt.getTime();
      if (ageMs < repeatableMs) return { state: await recordRepeat(store, row) };
      const hopeless = !isPost(channel) && !(await chat.readsBack(channel));
      return { state: 'unknown', ...(hopeless ? { hopeless } : {}) };
    },
  };

  async function tryOnce(outboxId: string, channel: Channel | undefined): Promise<SendOutcome> {
    const claim = await claimEffect(store, outboxId, channel === undefined ? undefined : sendRateOf(channel));
    if (!claim.claimed) {
      const { state, waitMs } = claim;
      return waitMs === undefined ? { state } : { state, waitMs, paced: true };
    }
    const { row } = claim;
    // Whoever makes a call settles it; here it arrives only when the sweeper found it left behind.
    if (row.kind === 'call') {
      return {
        state: await recordResult(store, row, { state: 'failed', detail: 'its flow ended before it was made' }),
      };
    }
    const result = await attempt(row);
    const state = await untilKept(() => recordResult(store, row, result));
    log.info({ outbox: outboxId, state, attempt: row.attempt }, 'an effect was tried');
    return { state, ...(state === 'queued' && result.state === 'again' ? { waitMs: result.waitMs } : {}) };
  }

  async function channelOfEffect(outboxId: string): Promise<Channel | undefined> {
    const [found] = await store.db
      .select({ name: accounts.name })
      .from(outbox)
      .innerJoin(accounts, eq(accounts.id, outbox.accountId))
      .where(eq(outbox.id, outboxId));
    return found === undefined ? undefined : files.current().channels.get(found.name);
  }

  async function attempt(row: OutboxRow): Promise<SendResult> {
    let begun = false;
    try {
      const channel = await channelOf(row.accountId);
      // Each try would be one more refused login, which is what resting keeps away from the server.
      if (!isPost(channel) && (await rests(store, row.accountId, channel))) return restingAgain;
      const beginning = async () => {
        await contentBegins(store, row);
        begun = true;
      };
      return isPost(channel)
        ? await transport.send(channel, openMail(store, row), beginning)
        : await chat.send(channel, openChat(store, row), beginning);
    } catch (error) {
      if (error instanceof StewardError && error.code === 'channelUnknown') {
        return { state: 'failed', detail: 'its channel does not exist any more', code: error.code };
      }
      // Foreign words may hold an address; the name of the error does not.
      const detail = `the attempt broke off: ${error instanceof StewardError ? error.code : (error as Error).name}`;
      log.warn({ outbox: row.id, detail }, 'an attempt broke off');
      return begun ? { state: 'unknown', detail } : { state: 'again', detail, waitMs: 30_000 };
    }
  }

  async function channelOf(accountId: string) {
    const [account] = await store.db.select({ name: accounts.name }).from(accounts).where(eq(accounts.id, accountId));
    const channel = account === undefined ? undefined : files.current().channels.get(account.name);
    if (channel === undefined) throw new StewardError('channelUnknown', `There is no channel for account ${accountId}`);
    return channel;
  }
}

const restingAgain: SendResult = {
  ...{ state: 'again', detail: 'its account rests until its file changes', waitMs: 15 * 60_000 },
};

/** Whether an account waits for a person to mend its file. Reads only. */
async function rests(store: Store, accountId: string, { hash }: Channel): Promise<boolean> {
  const account = await findAccount(store, accountId);
  return account?.state === 'resting' && account.fileHash === hash;
}

interface QueueInput {
  readonly personId: string;
  readonly fireId: string;
  readonly kind: 'digest' | 'report';
  /** Digest or report. */
  readonly sourceId: string;
  readonly deliver: readonly string[];
}
interface Queued {
  readonly outboxIds: string[];
  /** Places that lead nowhere, each as one sentence. */
  readonly problems: string[];
}
interface NoticeInput {
  readonly personId: string;
  readonly key: string;
  readonly subject: string;
  readonly text: string;
  /** Name of a channel that is left out: the one that failed. */
  readonly except?: string;
  /** Places as `deliver:` names them; every channel when left out. */
  readonly to?: readonly string[];
}
interface SendOutcome {
  readonly state: EffectState;
  readonly waitMs?: number;
  /** It waits for the rate limit of its channel, and not for the far side. */
  readonly paced?: true;
}
