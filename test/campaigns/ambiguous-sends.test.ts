/**
 * The far side takes a message and its answer is lost, each time: exactly one message is there to be seen. On XMPP and
 * Matrix the copy is found and nothing is said again; on plain SMTP each such mail is listed as `unknown`.
 *
 * `STEWARD_SENDS=1000 npx vitest run test/campaigns` for the whole campaign; a few of each in every run of the tests.
 */
import pino from 'pino';
import { expect, test } from 'vitest';
import { chatTransport } from '../../activities/channels/chat-adapters.ts';
import { mailTransport } from '../../activities/channels/mail-transport.ts';
import { makeOutboxActivities } from '../../activities/outbox/outbox-activities.ts';
import type { Channel } from '../../schemas/channel-file.ts';
import type { ChatTransport } from '../../schemas/chat-adapter.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import type { EffectState } from '../../schemas/endings.ts';
import { ensureAccount } from '../../store/accounts/ensure-account.ts';
import { queueEffect, queueMessages } from '../../store/outbox/queue-effect.ts';
import { inTransaction } from '../../store/store.ts';
import { dovecot } from '../support/dovecot.ts';
import { fileSetOf } from '../support/file-set-of.ts';
import { matrixFarSide } from '../support/matrix-far-side.ts';
import { type TestStore, testStore } from '../support/postgres.ts';
import { prosodyMissing } from '../support/prosody.ts';
import { type ReplyDropper, replyDropper } from '../support/reply-dropper.ts';
import { smtpSink } from '../support/smtp-faults.ts';
import { xmppFarSide } from '../support/xmpp-far-side.ts';

const sends = Number(process.env.STEWARD_SENDS ?? 8);
const patienceMs = Math.max(60_000, sends * 2_000);
/** Until what was written has come to the far server. */
const graceMs = 400;
/** Sends at once, each over a proxy of its own. */
const lanes = sends > 50 ? 6 : 2;
const log = pino({ level: 'silent' });

/** The answers of a channel are lost from the moment that content begins. */
const deaf = (dropper: ReplyDropper, which: 'open' | 'next'): ChatTransport => ({
  ...chatTransport,
  send: (channel, message, contentBegins) =>
    chatTransport.send(channel, message, async () => {
      await contentBegins();
      dropper.dropReplies(graceMs, which);
    }),
});

interface Sent {
  readonly first: Record<string, number>;
  readonly last: Record<string, number>;
}

interface Lane {
  readonly channel: Channel;
  readonly chat: ChatTransport;
}

/** Sends so many messages, each once, and looks for each that is unknown until it is found. */
async function sendAll(made: readonly Lane[], looks: number): Promise<Sent> {
  await using opened = await testStore();
  const sent: Sent = { first: {}, last: {} };
  await Promise.all(
    made.map(async (lane, nth) => {
      for (let at = nth; at < sends; at += made.length) {
        await sendOne(opened, lane, { at, looks, sent });
        if ((at + 1) % 100 === 0) console.log(`${lane.channel.kind}: ${at + 1} of ${sends}`);
      }
    }),
  );
  const rows = await opened.store.db.select().from(outbox);
  expect(rows).toHaveLength(sends);
  expect(rows.every(({ attempt }) => attempt === 1)).toBe(true);
  return sent;
}

async function sendOne(
  { store, personId }: TestStore,
  { channel, chat }: Lane,
  { at, looks, sent }: { at: number; looks: number; sent: Sent },
): Promise<void> {
  const { id: accountId } = await ensureAccount(store, channel, personId);
  const files = { current: () => ({ ...fileSetOf({}), channels: new Map([[channel.name, channel]]) }) };
  const activities = makeOutboxActivities({ store, files, transport: mailTransport({ log }), chat, log });
  const effect = { personId, accountId, channel: channel.kind, kind: 'notice' as const, effectKey: `k${at}` };
  const address = channel.addresses[0]!;
  const text = `number ${at}`;
  const parts = [{ document: [{ kind: 'code' as const, text }], text }];
  const [outboxId] =
    channel.kind === 'mail'
      ? [await queueEffect(store, { ...effect, address, mail: { subject: text, text } })]
      : await inTransaction(store, (inside) => queueMessages(inside, { ...effect, address, parts }));
  let { state }: { state: EffectState } = await activities.send({ outboxId: outboxId! });
  sent.first[state] = (sent.first[state] ?? 0) + 1;
  for (let look = 0; look < looks && state === 'unknown'; look += 1) {
    if (look > 0) await new Promise((resolve) => setTimeout(resolve, 200));
    // A look that cannot be made now is made again, as by the run that settles it.
    ({ state } = await activities.reconcile({ outboxId: outboxId! }).catch(() => ({ state: 'unknown' as const })));
  }
  sent.last[state] = (sent.last[state] ?? 0) + 1;
}

/** So many proxies before one server, each with a channel of its own that goes through it. */
async function lanesTo(
  stack: AsyncDisposableStack,
  port: number,
  which: 'open' | 'next',
  through: (port: number) => Channel,
): Promise<Lane[]> {
  return await Promise.all(
    Array.from({ length: lanes }, async (_, nth) => {
      const dropper = stack.use(await replyDropper(port));
      return { channel: { ...through(dropper.port), name: `lane${nth}` } as Channel, chat: deaf(dropper, which) };
    }),
  );
}

const wide = { messages: 100_000, per: 60_000 };

/** How often each number was seen. */
function timesSeen(texts: readonly string[]): number[] {
  const seen = Array.from({ length: sends }, () => 0);
  for (const text of texts) {
    const at = Number(/number (\d+)/.exec(text)?.[1] ?? -1);
    if (at >= 0 && at < sends) seen[at]! += 1;
  }
  return seen;
}

const onceEach = Array.from({ length: sends }, () => 1);

test(
  'on Matrix each message whose answer was lost is there once, and found',
  async (context) => {
    const far = await matrixFarSide();
    if (typeof far === 'string') return context.skip(far);
    await using _far = far;
    await using stack = new AsyncDisposableStack();
    const server = Number(new URL(far.channel.homeserver).port);
    // Each request has a connection of its own: the one that is made next is that of the message.
    const made = await lanesTo(stack, server, 'next', (port) => ({
      ...{ ...far.channel, addresses: [far.directRoom], rate: wide, homeserver: `http://127.0.0.1:${port}` },
    }));
    const { first, last } = await sendAll(made, 40);
    const seen = timesSeen((await far.heard()).map(({ text }) => text));
    console.log(JSON.stringify({ channel: 'matrix', sends, first, last }));
    expect(first).toEqual({ unknown: sends });
    expect(last).toEqual({ sent: sends });
    expect(seen).toEqual(onceEach);
  },
  patienceMs,
);

test(
  'on XMPP each message whose answer was lost is there once, and found',
  async (context) => {
    const missing = prosodyMissing();
    if (missing !== undefined) return context.skip(missing);
    await using far = await xmppFarSide();
    await using stack = new AsyncDisposableStack();
    const through = (port: number) => ({ ...far.channel, rooms: [], rate: wide, port });
    const { first, last } = await sendAll(await lanesTo(stack, far.channel.port!, 'open', through), 40);
    const seen = timesSeen((await far.heard()).map(({ text }) => text));
    console.log(JSON.stringify({ channel: 'xmpp', sends, first, last }));
    expect(first).toEqual({ unknown: sends });
    expect(last).toEqual({ sent: sends });
    expect(seen).toEqual(onceEach);
  },
  patienceMs,
);

test(
  'on plain SMTP each mail whose answer was lost arrives once, and is listed as unknown',
  async () => {
    await using sink = await smtpSink();
    await using box = await dovecot();
    sink.fault = 'dropAfterDot';
    const login = { host: 'localhost', user: 'me@mail.test', password: 'pw-me' };
    const channel = {
      ...{
        kind: 'mail',
        name: 'home',
        hash: 'h',
        owner: 'me',
        privacy: 'any',
        enabled: true,
        addresses: ['me@mail.test'],
        trustAuthservIds: [],
      },
      imap: {
        ...login,
        port: box.imapsPort,
        security: 'tls',
        folder: 'INBOX',
        readEvery: 300_000,
        tls: { ca: box.caFile },
      },
      smtp: { ...login, port: sink.port, security: 'tls', tls: { ca: sink.caFile } },
      rate: wide,
    } as Channel;
    const { first, last } = await sendAll([{ channel, chat: chatTransport }], 1);
    console.log(JSON.stringify({ channel: 'mail', sends, first, last, arrived: sink.mails.length }));
    expect(first).toEqual({ unknown: sends });
    expect(last).toEqual({ unknown: sends });
    expect(timesSeen(sink.mails.map(({ raw }) => /^Subject: .*$/m.exec(raw)?.[0] ?? ''))).toEqual(onceEach);
  },
  patienceMs,
);
