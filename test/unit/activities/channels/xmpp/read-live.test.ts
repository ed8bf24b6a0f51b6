// Policy: what comes live is believed only where our own server says it.
// - a carbon counts from the own bare JID, an archive id by the archive's own address
import { xml } from '@xmpp/client';
import { describe, expect, test } from 'vitest';
import type { Element } from '../../../../../activities/channels/xmpp/element.ts';
import { readLive } from '../../../../../activities/channels/xmpp/read-live.ts';

const account = 'steward@xmpp.test';
const room = 'lobby@rooms.xmpp.test';
const own = { account, rooms: new Map([[room, 'steward']]) };
const message = (attributes: Record<string, string>, ...inside: Element[]) =>
  xml('message', { from: 'owner@xmpp.test/phone', type: 'chat', id: 'm1', ...attributes }, ...inside);
const said = xml('body', {}, 'hello');
const stanzaId = (by: string, id = 'a1') => xml('stanza-id', { xmlns: 'urn:xmpp:sid:0', by, id });
const carbon = (from: string, inner: Element) =>
  xml(
    'message',
    { from, type: 'chat' },
    xml('received', { xmlns: 'urn:xmpp:carbons:2' }, xml('forwarded', { xmlns: 'urn:xmpp:forward:0' }, inner)),
  );

describe('readLive()', () => {
  test('takes the id that the own account gives, and none that somebody else gives', () => {
    expect(readLive(message({}, said, stanzaId(account)), own)).toMatchObject({ archive: account, archiveId: 'a1' });
    expect(readLive(message({}, said, stanzaId('owner@xmpp.test')), own)?.archiveId).toBeUndefined();
    expect(readLive(message({}, said, stanzaId(`${account}/one`)), own)?.archiveId).toBeUndefined();
    const both = message({}, said, stanzaId('owner@xmpp.test', 'false'), stanzaId(account, 'true'));
    expect(readLive(both, own)?.archiveId).toBe('true');
  });

  test('takes no id where the sender wrote one beside that of the account, and knows that there is one', () => {
    const two = message({}, said, stanzaId(account, 'false'), stanzaId(account, 'true'));
    expect(readLive(two, own)).toMatchObject({ named: true, archiveId: undefined });
    expect(readLive(message({}, said), own)).toMatchObject({ named: false, archiveId: undefined });
  });

  test('opens a carbon of the own server, and drops a forged one', () => {
    const inner = message({ from: 'owner@xmpp.test/phone', to: `${account}/two` }, said, stanzaId(account));
    expect(readLive(carbon(account, inner), own)).toMatchObject({ archiveId: 'a1', stanza: inner });
    expect(readLive(carbon('stranger@xmpp.test', inner), own)).toBeUndefined();
    expect(readLive(carbon('stranger@xmpp.test/x', inner), own)).toBeUndefined();
    expect(readLive(carbon(`${account}/two`, inner), own)).toBeUndefined();
  });

  test('lets a room name its own archive only', () => {
    const talk = message({ from: `${room}/owner`, type: 'groupchat' }, said, stanzaId(room));
    expect(readLive(talk, own)).toMatchObject({ archive: room, archiveId: 'a1' });
    const crossed = message({ from: `${room}/owner`, type: 'groupchat' }, said, stanzaId(account));
    expect(readLive(crossed, own)).toMatchObject({ archive: room, archiveId: undefined });
  });

  test('hears nothing in errors, presences and pages of the archive', () => {
    expect(readLive(message({ type: 'error' }, said), own)).toBeUndefined();
    expect(readLive(xml('presence', { from: 'owner@xmpp.test' }), own)).toBeUndefined();
    const page = xml('result', { xmlns: 'urn:xmpp:mam:2', id: 'a1' });
    expect(readLive(message({ from: account }, page), own)).toBeUndefined();
    expect(readLive(message({ from: room }, page), own)).toBeUndefined();
    expect(readLive(message({ from: `${room}/owner`, type: 'groupchat' }, said, page), own)).toBeDefined();
  });

  test('knows what was kept before it came', () => {
    const delay = xml('delay', { xmlns: 'urn:xmpp:delay', stamp: '2026-11-25T10:00:00Z' });
    expect(readLive(message({}, said, delay), own)?.delayed).toBe(true);
    expect(readLive(message({}, said), own)?.delayed).toBe(false);
  });

  test('knows history of a room by the word of the room, and not by that of a sender', () => {
    const delayed = (from: string) => xml('delay', { xmlns: 'urn:xmpp:delay', from, stamp: '2026-11-25T10:00:00Z' });
    const talk = (...inside: Element[]) => message({ from: `${room}/owner`, type: 'groupchat' }, said, ...inside);
    expect(readLive(talk(delayed(room)), own)).toMatchObject({ delayed: true, past: true });
    expect(readLive(talk(delayed('owner@xmpp.test')), own)).toMatchObject({ delayed: true, past: false });
    expect(readLive(talk(), own)).toMatchObject({ delayed: false, past: false });
  });
});
