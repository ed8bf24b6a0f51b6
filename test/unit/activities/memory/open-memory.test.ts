/**
 * - What is told is kept once, however often it is tried, and found by what it says; what it said before stays on record.
 * - What is taken back is gone: from questions, from history, from another process, and from the ledger at rest.
 * - Nobody is given what another told; nothing is believed in the place of what was changed at rest.
 */
import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { openMemory } from '../../../../activities/memory/open-memory.ts';
import { fixedClock } from '../../../../schemas/clock.ts';
import { memoryFacts, memoryVersions } from '../../../../schemas/db/memory-facts.ts';
import { type FactAct, factCode, type Memory } from '../../../../schemas/memory.ts';
import { ensurePerson } from '../../../../store/ensure-person.ts';
import { testStore } from '../../../support/postgres.ts';

async function memoryWorld() {
  const clock = fixedClock('2026-11-27T08:00:00Z');
  const opened = await testStore({ clock });
  const { store, personId } = opened;
  let acts = 0;
  const act = (more: Partial<FactAct> = {}): FactAct => {
    acts += 1;
    return { personId, actId: `act-${acts}`, origin: 'owner', source: { channel: 'cli' }, localOnly: false, ...more };
  };
  const memory = openMemory(store);
  const tell = async (text: string, more: Partial<FactAct> = {}) => (await memory.remember(act(more), { text })).fact;
  const textsOf = async (question?: string, more: object = {}, of: Memory = memory) =>
    (await of.recall({ personId, limit: 10, ...(question === undefined ? {} : { question }), ...more })).map(
      ({ text }) => text,
    );
  return {
    ...{ clock, store, personId, memory, act, tell, textsOf },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

test('what is told is kept once for its act, and found with the reason', async () => {
  await using world = await memoryWorld();
  const act = world.act({ source: { channel: 'matrix', inboxId: 'inb_1' } });
  const { fact } = await world.memory.remember(act, { text: '  My sister lives in Lisbon. ' });
  expect(fact).toMatchObject({ version: 1, change: 'stated', text: 'My sister lives in Lisbon.', origin: 'owner' });
  expect((await world.memory.remember(act, { text: 'My sister lives in Lisbon.' })).fact.factId).toBe(fact.factId);
  await world.tell('The invoice is due in March.');
  const [found, ...others] = await world.memory.recall({
    personId: world.personId,
    question: 'Where does my sister live?',
    limit: 10,
  });
  expect(found).toMatchObject({ factId: fact.factId, source: { channel: 'matrix', inboxId: 'inb_1' } });
  expect(found!.why).toEqual(['it says sister, live']);
  expect(others).toEqual([]);
  expect(await world.textsOf()).toEqual(['The invoice is due in March.', 'My sister lives in Lisbon.']);
});

test('a correction is believed from then on, and what was believed before is known', async () => {
  await using world = await memoryWorld();
  const { factId } = await world.tell('I live in Bonn.');
  world.clock.advance(86_400_000);
  const between = world.clock.now();
  world.clock.advance(86_400_000);
  const correction = world.act();
  for (const _ of [1, 2]) await world.memory.correct(correction, factCode(factId), { text: 'I live in Graz.' });
  expect(await world.textsOf('Bonn')).toEqual([]);
  expect(await world.textsOf('Where do I live?')).toEqual(['I live in Graz.']);
  expect(await world.textsOf('Where do I live?', { asOf: between })).toEqual(['I live in Bonn.']);
  expect(await world.textsOf(undefined, { asOf: new Date('2026-01-01T00:00:00Z') })).toEqual([]);
  const history = await world.memory.history(world.personId, factId);
  expect(history.map(({ version, change, text }) => [version, change, text])).toEqual([
    [1, 'stated', 'I live in Bonn.'],
    [2, 'corrected', 'I live in Graz.'],
  ]);
});

test('what is not said again of a fact stays as it was, and what is pinned is thought of', async () => {
  await using world = await memoryWorld();
  const said = { text: 'Redis is our cache.', names: ['Redis'], scopes: ['code'], kind: 'decision' as const };
  const { fact } = await world.memory.remember(world.act(), said);
  const pinned = await world.memory.correct(world.act(), fact.factId, { pinned: true });
  expect(pinned).toMatchObject({ ...said, pinned: true, version: 2 });
  const ask = { personId: world.personId, said: 'hello', most: 5 };
  expect((await world.memory.consider(ask)).pinned.map(({ text }) => text)).toEqual(['Redis is our cache.']);
  expect((await world.memory.consider({ ...ask, scopes: ['home'] })).pinned).toEqual([]);
  await world.memory.correct(world.act(), fact.factId, { pinned: false, names: ['cache'] });
  expect((await world.memory.consider({ ...ask, said: 'Redis?' })).named).toEqual([]);
  expect((await world.memory.consider({ ...ask, said: 'the cache' })).named).toHaveLength(1);
  await world.memory.forget(world.act(), fact.factId);
  expect(await world.memory.history(world.personId, fact.factId)).toEqual(
    [1, 2, 3, 4].map((version) => expect.not.objectContaining({ version, names: expect.anything() })),
  );
});

test('what is forgotten is gone from questions, history, other processes and the ledger', async () => {
  await using world = await memoryWorld();
  const other = openMemory(world.store);
  const { factId } = await world.tell('The canary sings at noon.');
  await world.memory.correct(world.act(), factId, { text: 'The canary sings at one.' });
  const before = world.clock.now();
  expect(await world.textsOf('canary', {}, other)).toHaveLength(1);
  const [row] = await world.store.db.select().from(memoryFacts);
  const forgetting = world.act();
  for (const _ of [1, 2]) await world.memory.forget(forgetting, factId);
  for (const memory of [world.memory, other, openMemory(world.store)]) {
    expect(await world.textsOf('canary', {}, memory)).toEqual([]);
    expect(await world.textsOf('canary', { asOf: before }, memory)).toEqual([]);
    expect((await memory.history(world.personId, factId)).map(({ text }) => text)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  }
  expect(row!.wrappedKey).not.toBeNull();
  const [after] = await world.store.db.select().from(memoryFacts);
  expect(after).toMatchObject({ wrappedKey: null, forgottenAt: world.clock.now() });
  const contents = await world.store.db.select({ content: memoryVersions.content }).from(memoryVersions);
  expect(contents.every(({ content }) => content === null)).toBe(true);
  await expect(world.memory.correct(world.act(), factId, { text: 'Back.' })).rejects.toThrow(
    `There is no fact ${factId}`,
  );
  await expect(world.memory.forget(world.act(), factId)).rejects.toMatchObject({ code: 'notFound' });
});

test('another fact of the same thing is found, and put to the person', async () => {
  await using world = await memoryWorld();
  const { factId } = await world.tell('My favourite colour is blue.');
  await world.tell('My favourite food is rice.');
  const say = async (text: string) =>
    (await world.memory.remember(world.act(), { text })).against.map((other) => other.factId);
  expect(await say('My favourite colour is green!')).toEqual([factId]);
  expect(await say('my favourite  colour is Blue')).toHaveLength(1);
  expect(await say('I like blue.')).toEqual([]);
  expect(await say('Meine Lieblingsfarbe ist Rot')).toEqual([]);
  expect(await say('Meine Lieblingsfarbe ist Gelb')).toHaveLength(1);
});

test('nobody finds, reads, corrects or forgets what another told', async () => {
  await using world = await memoryWorld();
  const { factId } = await world.tell('A secret of one.');
  const { id: personId } = await ensurePerson(world.store, 'other', 'UTC');
  expect(await world.memory.recall({ personId, question: 'secret', limit: 10 })).toEqual([]);
  expect(await world.memory.recall({ personId, limit: 10 })).toEqual([]);
  const missing = { code: 'notFound' };
  await expect(world.memory.history(personId, factId)).rejects.toMatchObject(missing);
  await expect(world.memory.correct(world.act({ personId }), factId, { text: 'Mine.' })).rejects.toMatchObject(missing);
  await expect(world.memory.forget(world.act({ personId }), factId)).rejects.toMatchObject(missing);
  expect(await world.textsOf('secret')).toHaveLength(1);
});

test('what must not leave is not given to what leaves, now or as of then', async () => {
  await using world = await memoryWorld();
  await world.tell('The code of the safe is kept at home.', { localOnly: true });
  await world.tell('The code of the shed is known to all.');
  expect(await world.textsOf('code')).toHaveLength(2);
  for (const more of [{}, { asOf: world.clock.now() }]) {
    expect(await world.textsOf('code', { leaves: true, ...more })).toEqual(['The code of the shed is known to all.']);
    expect(await world.textsOf(undefined, { leaves: true, ...more })).toHaveLength(1);
  }
});

test('what must not leave does not by being said otherwise or pinned elsewhere', async () => {
  await using world = await memoryWorld();
  const { factId } = await world.tell('The code of the safe is 7714.', { localOnly: true });
  for (const said of [{ pinned: true }, { text: 'The code of the safe is 8825.' }]) {
    expect(await world.memory.correct(world.act(), factId, said)).toMatchObject({ localOnly: true });
    expect(await world.textsOf('code', { leaves: true })).toEqual([]);
    const ask = { personId: world.personId, said: 'the code', most: 5, leaves: true };
    expect((await world.memory.consider(ask)).pinned).toEqual([]);
  }
});

test('words lie sealed, and what was changed, moved or put back at rest is not believed, nor what stood before it', async () => {
  await using world = await memoryWorld();
  const { factId } = await world.tell('I am allergic to nuts.');
  await world.memory.correct(world.act(), factId, { text: 'I am allergic to nothing.' });
  const { factId: other } = await world.tell('The cellar is dry.');
  const rows = await world.store.db.select().from(memoryVersions).orderBy(memoryVersions.seq);
  const bytes = rows.map(({ content }) => content!.toString('latin1')).join('');
  expect(bytes).not.toMatch(/allergic|nuts|cellar/);
  const [first, second, third] = rows;
  const put = async (id: string, content: Buffer) => {
    await world.store.db.update(memoryVersions).set({ content }).where(eq(memoryVersions.id, id));
    return await world.textsOf(undefined, {}, openMemory(world.store));
  };
  const whole = ['The cellar is dry.', 'I am allergic to nothing.'];
  expect(await put(second!.id, first!.content!)).toEqual(['The cellar is dry.']);
  expect(await put(second!.id, third!.content!)).toEqual(['The cellar is dry.']);
  expect(await put(second!.id, Buffer.from(second!.content!).fill(7, 15, 17))).toEqual(['The cellar is dry.']);
  expect(await put(second!.id, second!.content!)).toEqual(whole);
  await world.store.db.execute(
    sql`update memory_facts set wrapped_key = (select wrapped_key from memory_facts where id = ${factId}) where id = ${other}`,
  );
  expect(await world.textsOf(undefined, {}, openMemory(world.store))).toEqual(['I am allergic to nothing.']);
});

test('writers at the same time lose nothing, and a reader beside them misses nothing', async () => {
  await using world = await memoryWorld();
  const reader = openMemory(world.store);
  const writers = Array.from({ length: 5 }, () => openMemory(world.store));
  const told = Array.from({ length: 40 }, (_, at) => `Thing ${at} is here.`);
  let reading = true;
  const looking = (async () => {
    while (reading) await reader.recall({ personId: world.personId, limit: 1 });
  })();
  await Promise.all(told.map((text, at) => writers[at % 5]!.remember(world.act(), { text })));
  reading = false;
  await looking;
  const seen = await reader.recall({ personId: world.personId, limit: 100 });
  expect(seen.map(({ text }) => text).sort()).toEqual([...told].sort());
});

test('an empty one, one that is too long and an id of several are refused with what to do', async () => {
  await using world = await memoryWorld();
  await expect(world.tell('  ')).rejects.toThrow('There is nothing to remember');
  await expect(world.tell('x'.repeat(2_001))).rejects.toThrow('Cannot remember 2001 characters as one fact');
  await expect(world.memory.history(world.personId, 'abc')).rejects.toThrow('There is no fact abc');
});

test('a fact holds from when and until when it says, whenever that was said', async () => {
  await using world = await memoryWorld();
  const { memory, act, personId, textsOf } = world;
  const said = (text: string, more: object) => memory.remember(act(), { text, names: ['flat'], ...more });
  const { fact: before } = await said('My flat is in Bern', { validTo: '2026-03-01T00:00:00Z' });
  const { against } = await said('My flat is in Oslo', { validFrom: '2026-03-01T00:00:00Z' });
  // What is over does not contradict what came after it.
  expect(against).toEqual([]);
  expect((await textsOf('flat')).sort()).toEqual(['My flat is in Bern', 'My flat is in Oslo']);
  const on = (at: string) => textsOf('flat', { on: new Date(at) });
  expect(await on('2026-02-28T23:59:59Z')).toEqual(['My flat is in Bern']);
  expect(await on('2026-03-01T00:00:00Z')).toEqual(['My flat is in Oslo']);
  // Unasked only what holds now is thought of.
  const { named } = await memory.consider({ personId, said: 'Where is my flat?', most: 5 });
  expect(named.map(({ text }) => text)).toEqual(['My flat is in Oslo']);
  const later = await memory.correct(act(), before.factId, { text: 'My flat was in Berne' });
  expect(later.validTo).toBe('2026-03-01T00:00:00Z');
  await expect(
    said('My flat is nowhere', { validFrom: '2026-03-01T00:00:00Z', validTo: '2026-02-01T00:00:00Z' }),
  ).rejects.toMatchObject({ code: 'badInput', message: expect.stringContaining('which is not later') });
});
