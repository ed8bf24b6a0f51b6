import { setTimeout as sleep } from 'node:timers/promises';
import type { ChatFarSide } from '../test/support/chat-far-side.ts';
import { fakeModel } from '../test/support/fake-openai.ts';
import type { MatrixClient } from '../test/support/matrix-client.ts';
import { matrixFarSide } from '../test/support/matrix-far-side.ts';
import type { RawXmpp } from '../test/support/raw-xmpp.ts';
import { xmppFarSide } from '../test/support/xmpp-far-side.ts';
import { quantiles } from './quantiles.ts';
import type { BenchHome } from './steward-home.ts';

const rounds = 50;

/** Says something and resolves when its answer is there. */
type RoundTrip = (text: string) => Promise<void>;

interface Line extends AsyncDisposable {
  readonly toSteward: RoundTrip;
  /** The same between two clients of the far server, with nobody between them. */
  readonly bare?: RoundTrip;
}

/**
 * One message after the other on each channel: from the word to its answer as a client of the owner sees it, without a
 * model, beside the round trip between two bare clients on the same server.
 */
export async function measureChat(home: BenchHome, say: (words: string) => void) {
  const figures: Record<string, unknown> = {};
  for (const [name, open] of Object.entries({ api: apiLine, xmpp: xmppLine, matrix: matrixLine })) {
    const line = await open(home);
    if (typeof line === 'string') {
      figures[name] = { skipped: line };
      continue;
    }
    await using open_ = line;
    say(`${rounds} messages by ${name}`);
    const steward = await timed(open_.toSteward, 'n');
    const bare = open_.bare === undefined ? undefined : await timed(open_.bare, 'b');
    const over = bare === undefined ? {} : { bareMs: bare, overheadP50Ms: Math.round(steward.p50 - bare.p50) };
    figures[name] = { answerMs: steward, ...over };
  }
  say(`${rounds} messages that a scripted model answers in ${thinkMs} ms`);
  figures.model = await measureModel(home);
  return figures;
}

/** What a model takes, in milliseconds: the same for every question. */
const thinkMs = 200;

/** The whole turn with a model that takes the same time for each answer: what is beside it is ours. */
async function measureModel(home: BenchHome) {
  await using model = await fakeModel((last) => ({ say: `no command ${last}`, afterMs: thinkMs }));
  home.write(
    'models.yaml',
    `probe: false\nmodels: [{ name: scripted, type: remote, endpoint: "${model.openaiEndpoint}" }]\n`,
  );
  await sleep(3_000);
  await using line = await apiLine(home);
  const turn = await timed((text) => line.toSteward(text.slice(1)), 'm');
  home.write('models.yaml', 'models: []\n');
  return { modelMs: thinkMs, turnMs: turn, asked: model.asked.length };
}

async function timed(trip: RoundTrip, mark: string) {
  await trip(`/${mark}warm`);
  const times: number[] = [];
  for (let at = 0; at < rounds; at += 1) {
    const began = performance.now();
    await trip(`/${mark}${at}x`);
    times.push(performance.now() - began);
    await sleep(50);
  }
  return quantiles(times);
}

async function apiLine({ api }: BenchHome): Promise<Line> {
  return {
    toSteward: async (text) => {
      const body = { id: `${text.replace('/', '')}-${Date.now()}`, text, room: 'bench' };
      const { conversation, turn } = await api.post<{ conversation: string; turn: number }>('/api/v1/messages', body);
      for (;;) {
        const path = `/api/v1/conversations/${conversation}/messages?turn=${turn}`;
        const { entries } = await api.get<{ entries: { kind: string }[] }>(path);
        if (entries.some(({ kind }) => kind === 'answered')) return;
        await sleep(5);
      }
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function xmppLine(home: BenchHome): Promise<Line | string> {
  const far = await xmppFarSide().catch((error: Error) => error.message);
  if (typeof far === 'string') return far;
  const [owner, other] = [await far.owner(), await far.stranger()];
  for (const client of [owner, other]) client.write('<presence/>');
  await serve(home, 'xmpp', far);
  const said = (text: string) => new RegExp(`no command [^<]*${text}`);
  return {
    toSteward: async (text) => {
      write(owner, far.channel.jid, text);
      await owner.until(said(text));
    },
    bare: async (text) => {
      write(owner, 'stranger@xmpp.test', text);
      await other.until(new RegExp(`<body>${text}</body>`));
      write(other, 'owner@xmpp.test', `no command ${text}`);
      await owner.until(said(text));
    },
    [Symbol.asyncDispose]: () => far[Symbol.asyncDispose](),
  };
}

const write = (client: RawXmpp, to: string, text: string) =>
  client.write(`<message to='${to}' type='chat' id='${text.slice(1)}'><body>${text}</body></message>`);

async function matrixLine(home: BenchHome): Promise<Line | string> {
  const far = await matrixFarSide();
  if (typeof far === 'string') return far;
  const { owner, stranger } = far;
  const shared = await owner.roomWith(stranger);
  const [ears, otherEars] = [await listen(owner), await listen(stranger)];
  await serve(home, 'matrix', far);
  return {
    toSteward: async (text) => {
      await owner.say(far.directRoom, text);
      await ears(`no command ${text}`);
    },
    bare: async (text) => {
      await owner.say(shared, text);
      await otherEars(text);
      await stranger.say(shared, `no command ${text}`);
      await ears(`no command ${text}`);
    },
    [Symbol.asyncDispose]: () => far[Symbol.asyncDispose](),
  };
}

/** Reads on with /sync until somebody has said these words. */
async function listen(client: MatrixClient): Promise<(words: string) => Promise<void>> {
  let since = String((await client.ask('GET', '/sync?timeout=0')).next_batch);
  return async (words) => {
    for (;;) {
      const seen = await client.ask('GET', `/sync?timeout=10000&since=${since}`);
      since = String(seen.next_batch);
      if (JSON.stringify(seen).includes(words)) return;
    }
  };
}

/** Puts the channel's file in force, and waits until it is served. */
async function serve(home: BenchHome, name: string, far: ChatFarSide): Promise<void> {
  const { name: _name, hash: _hash, ...channel } = far.channel;
  home.write(`channels/${name}.yaml`, JSON.stringify(channel));
  await sleep(8_000);
}
