/**
 * - What the owner says on a channel of messages is answered there, in order, also after the far server or Steward was away.
 * - It is one conversation with what is said by the API, and shown where it is mirrored.
 * - A stranger gets a code and nothing else; let in by the owner, what they say counts.
 * - Reports and notices are delivered there in parts that fit.
 */
import { eq } from 'drizzle-orm';
import { describe, expect, type TestContext, test } from 'vitest';
import { inbox } from '../../schemas/db/inbox.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import { pairings } from '../../schemas/db/people.ts';
import { openChat } from '../../store/outbox/claim-effect.ts';
import type { ChatFarSide } from '../support/chat-far-side.ts';
import { matrixFarSide } from '../support/matrix-far-side.ts';
import { eventually, startWorld, type World } from '../support/world.ts';
import { xmppFarSide } from '../support/xmpp-far-side.ts';

interface Talk extends AsyncDisposable {
  readonly far: ChatFarSide;
  readonly world: World;
  /** Waits until a reader there sees a text that holds these words. */
  hears(words: string): Promise<readonly string[]>;
}

async function startTalk(
  context: TestContext,
  name: string,
  make: () => Promise<ChatFarSide | string>,
  files: Record<string, string> = {},
): Promise<Talk> {
  const far = await make();
  if (typeof far === 'string') {
    console.log(`skipped: ${far}`);
    return context.skip(far);
  }
  await using begun = new AsyncDisposableStack();
  begun.use(far);
  const { name: _name, hash: _hash, ...channel } = far.channel;
  const world = begun.use(
    await startWorld({ files: { ...files, [`channels/${name}.yaml`]: JSON.stringify(channel) } }),
  );
  await eventually(async () => {
    const { rowCount } = await world.steward().store.db.execute('select 1 from cursors where token is not null');
    return (rowCount ?? 0) > 0 || undefined;
  });
  // From here on whoever asked ends both.
  const all = begun.move();
  return {
    ...{ far, world },
    hears: async (words) => {
      const found = await eventually(async () => {
        const heard = (await far.heard()).map(({ text }) => text);
        return heard.some((text) => text.includes(words)) ? heard : undefined;
      }, 60_000);
      return found;
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

describe.each([
  ['matrix', matrixFarSide],
  ['xmpp', xmppFarSide],
] as const)('over %s', (name, make) => {
  test('what the owner says is answered once and in order, whoever was away meanwhile', async (context) => {
    await using talk = await startTalk(context, name, make);
    const { far, world } = talk;
    for (const at of [1, 2, 3]) await far.say(`/nothing${at}`);
    await talk.hears('/nothing3');
    await world.stop();
    for (const at of [4, 5]) await far.say(`/nothing${at}`);
    await world.restart();
    await talk.hears('/nothing5');
    await far.kill();
    await far.restart();
    await far.say('/nothing6');
    const heard = await talk.hears('/nothing6');
    expect(heard.map((text) => /nothing\d/.exec(text)?.[0])).toEqual([1, 2, 3, 4, 5, 6].map((at) => `nothing${at}`));
    await eventually(async () => {
      const rows = await world.steward().store.db.select().from(outbox).where(eq(outbox.kind, 'answer'));
      return rows.every(({ state }) => state === 'sent') || undefined;
    });
  }, 180_000);

  test('what is said by the API belongs to the same conversation, and shows where it is mirrored', async (context) => {
    await using talk = await startTalk(context, name, make, { 'steward.yaml': `mirror: ["chat:${name}"]\n` });
    const { far, world } = talk;
    await far.say('/nothing1');
    await talk.hears('/nothing1');
    const body = { id: '1', text: '/nothing2' };
    await world.ask('/api/v1/messages', { method: 'POST', body });
    const heard = await talk.hears('You (api): ');
    expect(heard.at(-1)).toContain('There is no command /nothing2');
    const rows = await world.steward().store.db.select().from(inbox);
    expect(new Set(rows.map(({ conversationId }) => conversationId)).size).toBe(1);
    expect(rows.map(({ turn }) => turn).sort()).toEqual([1, 2]);
  }, 120_000);

  test('what its owner has read there is read everywhere, and nobody else can say so', async (context) => {
    await using talk = await startTalk(context, name, make, { 'steward.yaml': `mirror: ["chat:${name}"]\n` });
    const { far, world } = talk;
    const talks = async () => {
      const { conversations } = (await (await world.ask('/api/v1/conversations')).json()) as {
        conversations: { id: string; turns: number; readTurn: number; unread: number }[];
      };
      return conversations[0]!;
    };
    await world.ask('/api/v1/messages', { method: 'POST', body: { id: '1', text: '/nothing1' } });
    await talk.hears('You (api): ');
    const id = (await far.heard()).at(-1)!.id!;
    expect(await talks()).toMatchObject({ turns: 1, readTurn: 0, unread: 1 });
    await far.read!(id, 'stranger');
    // What the stranger says after it is heard, so what they read was heard as well.
    await far.sayAsStranger('hello');
    await eventually(async () => (await world.steward().store.db.$count(pairings)) > 0 || undefined);
    expect(await talks()).toMatchObject({ readTurn: 0 });
    await far.read!(id);
    const { id: conversation } = await eventually(async () => {
      const now = await talks();
      return now.unread === 0 ? now : undefined;
    });
    expect(await talks()).toMatchObject({ readTurn: 1 });
    const told = await world.ask(`/api/v1/conversations/${conversation}/messages`);
    const { entries } = (await told.json()) as { entries: object[] };
    expect(entries.at(-1)).toMatchObject({ kind: 'read', turn: 1, channel: name });
  }, 120_000);

  test('a stranger gets a code and nothing else, and counts once the owner has let them in', async (context) => {
    await using talk = await startTalk(context, name, make);
    const { far, world } = talk;
    const { store } = world.steward();
    await far.sayAsStranger('/help');
    const offer = await eventually(async () =>
      (await store.db.select().from(outbox)).find((row) => row.state === 'sent'),
    );
    await far.sayAsStranger('/help');
    expect(await store.db.$count(inbox)).toBe(0);
    const code = /[2-9A-Z]{4}-[2-9A-Z]{4}/.exec(openChat(store, offer).text)![0];
    await far.say(`/pair ${code}`);
    await talk.hears('is let in');
    await far.sayAsStranger('/nothing7');
    await eventually(async () => {
      const rows = await store.db.select().from(outbox);
      return rows.some((row) => row.kind === 'answer' && openChat(store, row).text.includes('/nothing7')) || undefined;
    });
    expect((await far.heard()).some(({ text }) => text.includes('/nothing7'))).toBe(false);
    expect(await store.db.$count(outbox, eq(outbox.kind, 'notice'))).toBe(1);
  }, 120_000);

  test('what a trigger delivers arrives there', async (context) => {
    await using talk = await startTalk(context, name, make, {
      'triggers/report.yaml': `run: morningReport\nwhen: { message: { pattern: "^never$" } }\ndeliver: ["chat:${name}"]\n`,
    });
    expect(await talk.world.fire('report')).toMatchObject({ facts: { delivered: 1 } });
    expect((await talk.hears('orning')).length).toBe(1);
  }, 120_000);
});
