// Policy: what comes live takes a bounded room, and nothing of it is left out without a word.
import { xml } from '@xmpp/client';
import { describe, expect, test } from 'vitest';
import type { Reader } from '../../../../../activities/channels/xmpp/catch-up.ts';
import type { Element } from '../../../../../activities/channels/xmpp/element.ts';
import { hearLive } from '../../../../../activities/channels/xmpp/hear-live.ts';

const account = 'steward@xmpp.test';
const listen = () => {
  let hear: (stanza: Element) => void = () => undefined;
  const link = {
    account,
    onStanza: (listener: typeof hear) => {
      hear = listener;
      return () => undefined;
    },
  };
  const reader = { link, account, rooms: new Map() } as unknown as Reader;
  const news = hearLive(reader, new AbortController().signal);
  const say = (count: number, archived: boolean) => {
    for (let at = 0; at < count; at += 1) {
      const id = archived ? [xml('stanza-id', { xmlns: 'urn:xmpp:sid:0', by: account, id: `a${at}` })] : [];
      hear(xml('message', { from: 'owner@xmpp.test/a', type: 'chat', id: `m${at}` }, xml('body', {}, 'hi'), ...id));
    }
  };
  return { news, say };
};

describe('hearLive()', () => {
  test('keeps 1,000 messages that no archive holds, and says that there was one more', () => {
    const { news, say } = listen();
    say(1_000, false);
    const whole = news.next(new Set());
    expect([whole.loose.length, whole.lost]).toEqual([1_000, false]);
    say(1_001, false);
    const cut = news.next(new Set());
    expect([cut.loose.length, cut.lost]).toEqual([1_000, true]);
    expect(news.next(new Set())).toEqual({ archives: [], loose: [], lost: false });
  });

  test('keeps of more messages that an archive holds the name of the archive alone', () => {
    const { news, say } = listen();
    say(1_001, true);
    expect(news.held()).toHaveLength(1_000);
    expect(news.next(new Set([account]))).toEqual({ archives: [account], loose: [], lost: false });
    say(1_000, false);
    say(1, true);
    expect(news.next(new Set([account]))).toMatchObject({ archives: [account], lost: false });
    // Of an archive that there is not, a name is not enough.
    say(1_001, true);
    expect(news.next(new Set()).lost).toBe(true);
  });

  test('ends a wait for what came before it, and for what comes', async () => {
    const { news, say } = listen();
    say(1, false);
    await news.wait();
    const waiting = news.wait();
    say(1, false);
    await waiting;
  });

  test('holds a message until it is met', () => {
    const { news, say } = listen();
    say(2, true);
    expect(news.met(account, 'a0')).toBe(true);
    expect(news.met(account, 'a0')).toBe(false);
    expect(news.held().map(({ archiveId }) => archiveId)).toEqual(['a1']);
  });
});
