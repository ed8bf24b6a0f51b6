import { afterAll, beforeAll, beforeEach, describe, expect, type TestContext, test } from 'vitest';
import { saying } from '../../schemas/chat-document.ts';
import type { OutgoingChat } from '../../schemas/chat-message.ts';
import { systemClock } from '../../schemas/clock.ts';
import { StewardError } from '../../schemas/errors.ts';
import { chatIdOf, newId } from '../../schemas/ids.ts';
import type { SendResult } from '../../schemas/outgoing.ts';
import type { ChatFarSide } from '../support/chat-far-side.ts';
import { chatLedger } from '../support/chat-ledger.ts';

const patience = { timeout: 30_000, interval: 50 };
const begins = async () => undefined;

/** What every adapter of a channel of messages does, on a real server. @param make - the far side, or why there is none */
export function chatAdapterContract(make: () => Promise<ChatFarSide | string>): void {
  describe('a chat adapter', () => {
    let made: ChatFarSide | string = 'not made';
    let far: ChatFarSide;
    let down = false;
    beforeAll(async () => {
      made = await make();
      if (typeof made === 'string') console.log(`skipped: ${made}`);
      else far = made;
    });
    afterAll(async () => {
      if (typeof made !== 'string') await made[Symbol.asyncDispose]();
    });
    beforeEach(async (context: TestContext) => {
      if (typeof made === 'string') return context.skip(made);
      if (far.pushOnly !== undefined && needsReading(context.task.name)) return context.skip(far.pushOnly);
      // A test that failed may have left it so.
      if (down) await revive();
    });

    const killServer = async () => {
      down = true;
      await far.kill();
    };
    const revive = async () => {
      await far.restart();
      down = false;
    };
    const unreadable = () =>
      far.adapter.limits.readsBack ? far.cannotReadBack : `${far.name} shows nothing that was sent again`;
    const texts = (ledger: ReturnType<typeof chatLedger>) => ledger.taken.map(({ text }) => text);
    const hears = (ledger: ReturnType<typeof chatLedger>, expected: string[]) =>
      expect.poll(() => texts(ledger), patience).toEqual(expected);
    const send = (message: OutgoingChat) => far.adapter.send(far.channel, message, begins);
    const heardOf = async (text: string) => (await far.heard()).filter((heard) => heard.text.includes(text));

    test('serve() takes in what the owner says, once and in order', async () => {
      const ledger = chatLedger();
      await using session = ledger.serve(far.adapter, far.channel);
      await session.up;
      for (const text of ['one', 'two', 'three']) await far.say(text);
      await hears(ledger, ['one', 'two', 'three']);
      for (const message of ledger.taken) {
        expect(message).toMatchObject({
          from: far.channel.addresses[0],
          addressed: true,
          thread: { kind: far.threadKind ?? 'direct' },
        });
        expect(message).not.toHaveProperty('incomplete');
        expect(Date.parse(message.at)).not.toBeNaN();
      }
      expect(new Set(ledger.taken.map(({ thread }) => thread.key)).size).toBe(1);
      expect(new Set(ledger.taken.map(({ dedupeKey }) => dedupeKey)).size).toBe(3);
      // Read again from the cursor: nothing that was taken is there.
      session.abort();
      await session.ended;
      await using again = ledger.serve(far.adapter, far.channel);
      await again.up;
      await far.say('four');
      await hears(ledger, ['one', 'two', 'three', 'four']);
    });

    test('serve() acts on nothing that is older than its first sight', async () => {
      await far.say('from before Steward');
      const ledger = chatLedger();
      await using session = ledger.serve(far.adapter, far.channel);
      await session.up;
      await far.say('after it');
      await hears(ledger, ['after it']);
    });

    test('serve() takes in what was said while nothing was connected', async () => {
      const ledger = chatLedger();
      {
        await using session = ledger.serve(far.adapter, far.channel);
        await session.up;
      }
      const missed = Array.from({ length: 7 }, (_, at) => `missed ${at}`);
      for (const text of missed) await far.say(text);
      await using session = ledger.serve(far.adapter, far.channel);
      await session.up;
      // `up` says that all that was missed has been read.
      expect(texts(ledger)).toEqual(missed);
    });

    test('serve() loses nothing and takes nothing twice when it dies between the ledger and the far side', async () => {
      const ledger = chatLedger();
      await using dying = ledger.serve(far.adapter, far.channel);
      await dying.up;
      ledger.hangNext();
      await far.say('before death');
      await hears(ledger, ['before death']);
      await far.say('during death');
      // The old connection hangs open, as that of a killed process does for a while.
      await using session = ledger.serve(far.adapter, far.channel);
      await session.up;
      await far.say('after death');
      await hears(ledger, ['before death', 'during death', 'after death']);
    });

    test('serve() ends with the error of a ledger that refuses, moves no cursor, and takes the message in the next time', async () => {
      const ledger = chatLedger();
      {
        await using session = ledger.serve(far.adapter, far.channel);
        await session.up;
        const before = new Map(ledger.cursors);
        const refusal = new StewardError('sessionSuperseded', 'Another session serves the account');
        ledger.failNext(refusal);
        await far.say('refused at first');
        expect(await session.ended).toEqual({ status: 'rejected', reason: refusal });
        expect(new Map(ledger.cursors)).toEqual(before);
        expect(texts(ledger)).toEqual([]);
      }
      await using session = ledger.serve(far.adapter, far.channel);
      await session.up;
      await hears(ledger, ['refused at first']);
    });

    test('serve() throws when its server is killed, and a new serve() goes on', async () => {
      const ledger = chatLedger();
      await using session = ledger.serve(far.adapter, far.channel);
      await session.up;
      await far.say('before the kill');
      await hears(ledger, ['before the kill']);
      await killServer();
      const end = await session.ended;
      expect(end.status === 'rejected' && end.reason).toMatchObject({ name: 'StewardError', code: 'channelBusy' });
      await using early = ledger.serve(far.adapter, far.channel);
      expect(await early.ended).toMatchObject({ status: 'rejected', reason: { code: 'channelBusy' } });
      await revive();
      await using next = ledger.serve(far.adapter, far.channel);
      await next.up;
      await far.say('after the kill');
      await hears(ledger, ['before the kill', 'after the kill']);
    });

    test('serve() hands over what a stranger says with the address of the stranger', async () => {
      const ledger = chatLedger();
      await using session = ledger.serve(far.adapter, far.channel);
      await session.up;
      await far.sayAsStranger('let me in');
      await far.say('it is me');
      await hears(ledger, ['let me in', 'it is me']);
      const [stranger, owner] = ledger.taken;
      expect(far.channel.addresses).not.toContain(stranger!.from);
      expect(owner!.from).toBe(far.channel.addresses[0]);
      expect(stranger!.thread.key).not.toBe(owner!.thread.key);
    });

    test('serve() keeps a room apart from the direct thread, and is not addressed where nobody names it', async (context) => {
      if (far.sayInRoom === undefined) return context.skip(`${far.name} has no rooms here`);
      const ledger = chatLedger();
      await using session = ledger.serve(far.adapter, far.channel);
      await session.up;
      await far.sayInRoom('hello everybody');
      await far.say('hello you');
      await expect.poll(() => texts(ledger).toSorted(), patience).toEqual(['hello everybody', 'hello you']);
      const inRoom = ledger.taken.find(({ text }) => text === 'hello everybody')!;
      expect(inRoom).toMatchObject({ addressed: false });
      expect(inRoom.thread.kind).not.toBe('direct');
    });

    test('serve() ends when its signal aborts, also before it is up', async () => {
      const ledger = chatLedger();
      await using session = ledger.serve(far.adapter, far.channel);
      await session.up;
      session.abort();
      expect(await session.ended).toEqual({ status: 'fulfilled', value: undefined });
      await using early = ledger.serve(far.adapter, far.channel);
      early.abort();
      expect(await early.ended).toEqual({ status: 'fulfilled', value: undefined });
    });

    test('showWorking() shows that an answer is on its way, and that it is not any more', async (context) => {
      const { seesWorking } = far;
      if (far.adapter.showWorking === undefined || seesWorking === undefined) {
        return context.skip(`${far.name} has no sign for it`);
      }
      const ledger = chatLedger();
      await using session = ledger.serve(far.adapter, far.channel);
      await session.up;
      await far.say('work on this');
      await hears(ledger, ['work on this']);
      await seesWorking();
      const { thread } = ledger.taken[0]!;
      await far.adapter.showWorking(far.channel, thread, true);
      await expect.poll(seesWorking, patience).toBe(true);
      await far.adapter.showWorking(far.channel, thread, false);
      await expect.poll(seesWorking, patience).toBe(false);
    });

    test('serve() is told what the owner has read, also while nobody served', async (context) => {
      const { read } = far;
      if (read === undefined) return context.skip(`${far.name} does not tell what is read`);
      const ledger = chatLedger();
      const session = ledger.serve(far.adapter, far.channel);
      await session.up;
      const [first, second] = [saysOf(far, 'read this'), saysOf(far, 'and this')];
      await send(first);
      await expect.poll(() => heardOf('read this'), patience).toHaveLength(1);
      await read(first.id);
      const by = far.channel.addresses[0];
      await expect.poll(() => ledger.wereRead, patience).toContainEqual({ by, id: first.id });
      session.abort();
      await session.ended;
      await send(second);
      await expect.poll(() => heardOf('and this'), patience).toHaveLength(1);
      await read(second.id);
      await using _again = ledger.serve(far.adapter, far.channel);
      await expect.poll(() => ledger.wereRead, patience).toContainEqual({ by, id: second.id });
      expect(ledger.taken).toEqual([]);
    });

    test('send() says sent, and the owner hears it once with its id', async () => {
      const message = saysOf(far, 'good morning');
      expect(await send(message)).toMatchObject({ state: 'sent' });
      await expect.poll(() => heardOf('good morning'), patience).toHaveLength(1);
      const [heard] = await heardOf('good morning');
      if (heard!.id !== undefined) expect(heard!.id).toBe(message.id);
    });

    test('send() works beside a connection that serves, and what it says is not taken in', async () => {
      const ledger = chatLedger();
      await using session = ledger.serve(far.adapter, far.channel);
      await session.up;
      expect(await send(saysOf(far, 'while serving'))).toMatchObject({ state: 'sent' });
      await far.say('an answer');
      await hears(ledger, ['an answer']);
      await expect.poll(() => heardOf('while serving'), patience).toHaveLength(1);
    });

    test('send() writes nothing when content may not begin', async () => {
      const refused = far.adapter.send(far.channel, saysOf(far, 'never to be heard'), async () => {
        throw new StewardError('storeBusy', 'The store is away');
      });
      const result = await refused.catch((): SendResult => ({ state: 'again', detail: 'thrown', waitMs: 0 }));
      expect(result.state).toBe('again');
      expect(await send(saysOf(far, 'heard after it'))).toMatchObject({ state: 'sent' });
      await expect.poll(() => heardOf('heard after it'), patience).toHaveLength(1);
      expect(await heardOf('never to be heard')).toEqual([]);
    });

    test('send() of the same message twice shows once, or findCopy() finds the first', async (context) => {
      if (unreadable() !== undefined) return context.skip(unreadable());
      const message = saysOf(far, 'said twice');
      expect(await send(message)).toMatchObject({ state: 'sent' });
      const { found } = await far.adapter.findCopy(far.channel, message);
      expect(await send(message)).toMatchObject({ state: 'sent' });
      await expect.poll(() => heardOf('said twice'), patience).not.toEqual([]);
      expect(found || (await heardOf('said twice')).length === 1).toBe(true);
    });

    test('findCopy() finds what was sent and nothing else', async () => {
      const sent = saysOf(far, 'look for me');
      expect(await send(sent)).toMatchObject({ state: 'sent' });
      expect(await far.adapter.findCopy(far.channel, sent)).toMatchObject({ found: unreadable() === undefined });
      expect(await far.adapter.findCopy(far.channel, { ...sent, id: newChatId() })).toMatchObject({ found: false });
    });

    test('send() to a server that is away is tried again later, and findCopy() says that it cannot look', async () => {
      const message = saysOf(far, 'into the void');
      await killServer();
      expect(await send(message)).toMatchObject({ state: 'again', waitMs: expect.any(Number) });
      if (unreadable() === undefined) {
        await expect(far.adapter.findCopy(far.channel, message)).rejects.toMatchObject({ code: 'channelBusy' });
      }
      await revive();
      expect(await send(message)).toMatchObject({ state: 'sent' });
      await expect.poll(() => heardOf('into the void'), patience).toHaveLength(1);
    });
  });
}

/** What is about reading a far side; that it ends when it is told to holds for one that reads nothing as well. */
const needsReading = (name: string) =>
  (name.startsWith('serve()') && !name.startsWith('serve() ends when its signal')) ||
  name.startsWith('send() works beside') ||
  name.startsWith('showWorking');

/** A name as the outbox gives it. */
function newChatId(): string {
  return chatIdOf(newId('outbox', systemClock));
}

const saysOf = (far: ChatFarSide, text: string): OutgoingChat => ({
  id: newChatId(),
  address: far.ownerAddress,
  kind: 'direct',
  document: [saying(text)],
  text,
});
