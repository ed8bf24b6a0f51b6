/**
 * - What was said and answered is found by its words, by what stands beside it and by its time; commands are none of it.
 * - What was taken back is not found, nobody finds what another said, and what must not leave is not seen in what does.
 */
import { expect, test } from 'vitest';
import { openMemory } from '../../../../activities/memory/open-memory.ts';
import { saying } from '../../../../schemas/chat-document.ts';
import { fixedClock } from '../../../../schemas/clock.ts';
import { ensureAccount } from '../../../../store/accounts/ensure-account.ts';
import { acceptMessages } from '../../../../store/conversations/accept-messages.ts';
import { keepAnswer } from '../../../../store/conversations/keep-answer.ts';
import { ensurePerson } from '../../../../store/ensure-person.ts';
import { testStore } from '../../../support/postgres.ts';

async function talkWorld() {
  const clock = fixedClock('2026-11-27T08:00:00Z');
  const opened = await testStore({ clock });
  const { store, personId } = opened;
  let said = 0;
  const say = async (
    text: string,
    { answer, at = '2026-11-27T08:00:00Z', channel = 'home', key = 'ann' }: Record<string, string | undefined> = {},
  ) => {
    said += 1;
    const account = await ensureAccount(
      store,
      { name: channel!, kind: 'xmpp', enabled: true, hash: channel! },
      personId,
    );
    const right = { accountId: account.id, personId, channel: 'xmpp' };
    const thread = { key: key!, kind: 'room' as const, address: key! };
    const message = { dedupeKey: `m${said}`, thread, from: 'ann@x.example', text, addressed: true, at: at! };
    const [taken] = await acceptMessages(store, right, [message]);
    if (answer !== undefined) await keepAnswer(store, taken!.inboxId, [{ document: [saying(answer)], text: answer }]);
    return { ...taken!, right, dedupeKey: message.dedupeKey };
  };
  const memory = openMemory(store, {
    channels: {
      staysHere: (channel) => channel === 'secret',
      scopesOf: (channel) => ({ office: ['work'], den: ['house'] })[channel],
    },
  });
  const find = async (question: string, more = {}) =>
    (await memory.recallTalk({ personId, question, limit: 5, ...more })).map(({ text }) => text);
  return { store, personId, memory, say, find, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

test('what was said and what was answered is found, with its turn and why; commands are not', async () => {
  await using world = await talkWorld();
  const { inboxId } = await world.say('Where shall we put the violin?', { answer: 'In the attic, beside the maps.' });
  await world.say('/remember the violin is old', { answer: 'Noted as violin.' });
  await world.say('And the piano?', { answer: 'That one stays.' });
  const found = await world.memory.recallTalk({ personId: world.personId, question: 'violin', limit: 5 });
  const asked = found.find(({ by }) => by === 'person')!;
  expect(asked).toMatchObject({ text: 'Where shall we put the violin?', inboxId, turn: 1, channel: 'home' });
  expect(asked.why).toEqual(['it says violin']);
  // An answer follows its question, and says more.
  expect(found[0]).toMatchObject({ text: 'In the attic, beside the maps.', by: 'steward', inboxId });
  expect(found[0]!.why).toEqual(['beside it stands violin']);
  expect((await world.find('violin')).some((text) => text.includes('Noted') || text.startsWith('/'))).toBe(false);
  expect(await world.find('zebra')).toEqual([]);
  // What is said later is found as well.
  await world.say('I saw a zebra today');
  expect((await world.find('zebra'))[0]).toBe('I saw a zebra today');
});

test('what was said is found by its time', async () => {
  await using world = await talkWorld();
  await world.say('The boiler was mended', { at: '2026-03-10T10:00:00Z' });
  await world.say('The boiler is broken again', { at: '2026-10-02T10:00:00Z', key: 'other' });
  expect((await world.find('boiler in March'))[0]).toBe('The boiler was mended');
  expect(await world.find('boiler', { from: new Date('2026-09-01T00:00:00Z') })).toEqual([
    'The boiler is broken again',
  ]);
  expect(await world.find('boiler', { to: new Date('2026-09-01T00:00:00Z') })).toEqual(['The boiler was mended']);
});

test('what was taken back is not found, and nobody finds what another said', async () => {
  await using world = await talkWorld();
  const { right, dedupeKey } = await world.say('The code is 4711', { answer: 'I shall keep 4711 to myself.' });
  expect(await world.find('4711')).toHaveLength(2);
  const other = await ensurePerson(world.store, 'bob', 'UTC');
  expect(await world.memory.recallTalk({ personId: other.id, question: '4711', limit: 5 })).toEqual([]);
  await acceptMessages(world.store, right, [], undefined, [{ dedupeKey, by: 'ann@x.example' }]);
  expect(await world.find('4711')).toEqual([]);
});

test('what must not leave is not given to what leaves, nor is what stands beside it found by it', async () => {
  await using world = await talkWorld();
  await world.say('My diagnosis is measles', { channel: 'secret', key: 'a' });
  await world.say('Anything else?', { channel: 'home', key: 'b' });
  expect(await world.find('measles')).toEqual(['My diagnosis is measles']);
  expect(await world.find('measles', { leaves: true })).toEqual([]);
  expect(await world.find('anything else', { leaves: true })).toEqual(['Anything else?']);
});

test('what was said where other scopes hold is not found here', async () => {
  await using world = await talkWorld();
  await world.say('The alarm is 4711', { channel: 'office', key: 'a' });
  await world.say('The alarm is 2222', { channel: 'den', key: 'b' });
  await world.say('The alarm is loud', { key: 'c' });
  expect((await world.find('alarm', { scopes: ['work'] })).sort()).toEqual(['The alarm is 4711', 'The alarm is loud']);
  expect(await world.find('alarm')).toHaveLength(3);
});
