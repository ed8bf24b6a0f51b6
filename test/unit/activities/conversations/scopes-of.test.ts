// What is told on a channel with scopes holds there, and what holds elsewhere is not shown there.
import { expect, test } from 'vitest';
import type { CommandDeps, Turn } from '../../../../activities/conversations/chat-command.ts';
import { sayOf } from '../../../../activities/conversations/chat-command.ts';
import { allCommands } from '../../../../activities/conversations/commands/all-commands.ts';
import { scopesOf } from '../../../../activities/conversations/scopes-of.ts';
import { openMemory } from '../../../../activities/memory/open-memory.ts';
import type { FileSet } from '../../../../schemas/file-set.ts';
import { testStore } from '../../../support/postgres.ts';

const channels = new Map([
  ['office', { scopes: ['work'] }],
  ['home', { scopes: ['family', 'house'] }],
  ['plain', {}],
]);
const files = { current: () => ({ channels }) as unknown as FileSet };

test('a fact told at work is shown at work and where no scope is named, and not at home', async () => {
  await using opened = await testStore();
  const { store, personId } = opened;
  const deps = { store, files, memory: openMemory(store), zone: () => 'UTC' } as unknown as CommandDeps;
  let turns = 0;
  const say = async (channel: string, name: string, rest: string) => {
    turns += 1;
    const turn: Turn = { inboxId: `inb_${turns}`, personId, channel, actId: `act-${turns}`, by: 'owner' };
    const command = allCommands.find((one) => one.name === name)!;
    return JSON.stringify(sayOf(await command.run(deps, turn, rest.split(' '), rest)));
  };
  await say('office', 'remember', 'The alarm code is 4711');
  await say('home', 'remember', 'The alarm code is 2222');
  await say('plain', 'remember', 'The alarm is loud');
  const [work, house, all] = await Promise.all(['office', 'home', 'plain'].map((one) => say(one, 'what', 'alarm')));
  for (const words of [work, house, all]) expect(words).toContain('loud');
  expect([work!.includes('4711'), work!.includes('2222')]).toEqual([true, false]);
  expect([house!.includes('4711'), house!.includes('2222')]).toEqual([false, true]);
  expect([all!.includes('4711'), all!.includes('2222')]).toEqual([true, true]);
});

test('scopesOf() is nothing where a channel names none, or is not there', () => {
  expect(['office', 'plain', 'api'].map((channel) => scopesOf(files, channel))).toEqual([
    ['work'],
    undefined,
    undefined,
  ]);
});
