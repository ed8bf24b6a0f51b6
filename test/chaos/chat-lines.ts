import { setTimeout as sleep } from 'node:timers/promises';
import type { ChatFarSide } from '../support/chat-far-side.ts';
import type { MailFarSide } from '../support/mail-far-side.ts';
import type { ChaosHome } from './chaos-home.ts';
import { wordsIn } from './judge-chat.ts';

/** One way in which the owner of a campaign talks to Steward. */
export interface ChatLine {
  readonly name: string;
  /** What its file in channels/ holds; undefined where it needs none. */
  readonly channel?: object;
  /** Resolves once the far side, or Steward, has it for good. */
  say(world: ChaosHome, text: string): Promise<void>;
  /** What Steward has answered, in the order in which a reader sees it. */
  heard(world: ChaosHome): Promise<readonly string[]>;
  /** What was said, in the order in which Steward can see it; in that of saying when left out. */
  arrived?(): Promise<readonly string[]>;
  /** SIGKILL of the far server, and its start; undefined where there is none. */
  bounce?(): Promise<void>;
  close(): Promise<void>;
}

/** By the API, as a program does that sends the same message until it is taken. */
export function apiLine(room: string): ChatLine {
  let conversation: string | undefined;
  const ask = (world: ChaosHome, path: string, body?: object) =>
    fetch(`http://127.0.0.1:${world.ports().api}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${world.token()}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
  return {
    name: 'api',
    say: async (world, text) => {
      const body = { id: text.replace(/\W/g, '-'), text, room };
      for (let tries = 0; tries < 600; tries += 1) {
        const answer = await ask(world, '/api/v1/messages', body).catch(() => undefined);
        if (answer?.status === 202) {
          ({ conversation } = (await answer.json()) as { conversation: string });
          return;
        }
        await answer?.body?.cancel();
        await sleep(100 + Math.min(tries, 10) * 50);
      }
      throw new Error(`Steward has not taken ${text} for minutes`);
    },
    heard: async (world) => {
      const texts: string[] = [];
      for (let after = 0; conversation !== undefined; ) {
        const answer = await ask(world, `/api/v1/conversations/${conversation}/messages?limit=500&after=${after}`);
        const { entries } = (await answer.json()) as { entries: { seq: number; kind: string; text?: string }[] };
        texts.push(...entries.flatMap(({ kind, text }) => (kind === 'answer' ? [text ?? ''] : [])));
        if (entries.length < 500) break;
        after = entries.at(-1)!.seq;
      }
      return texts;
    },
    close: async () => undefined,
  };
}

/** By real mail: Postfix and Dovecot, which are killed in turn. A text that stands in a mail twice is one answer. */
export function mailLine(far: MailFarSide): ChatLine {
  let kills = 0;
  return {
    name: 'mail',
    channel: far.channel,
    say: (_world, text) => far.say(text),
    arrived: async () => (await far.arrived()).flatMap((raw) => wordsIn(raw) ?? []),
    heard: async () => (await far.heard()).map(({ raw }) => raw),
    bounce: async () => {
      kills += 1;
      const server = kills % 2 === 0 ? far.dovecot : far.postfix;
      await server.kill();
      await server.restart();
    },
    close: async () => {
      await far[Symbol.asyncDispose]();
    },
  };
}

/** By a real server of a channel, as a person does with a client there. */
export function farLine(name: string, far: ChatFarSide): ChatLine {
  const { name: _name, hash: _hash, ...channel } = far.channel;
  return {
    ...{ name, channel },
    say: (_world, text) => far.say(text),
    heard: async () => (await far.heard()).map(({ text }) => text),
    bounce: async () => {
      await far.kill();
      await far.restart();
    },
    close: async () => {
      await far[Symbol.asyncDispose]();
    },
  };
}
