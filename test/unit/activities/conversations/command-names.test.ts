import { expect, test } from 'vitest';
import { allCommands } from '../../../../activities/conversations/commands/all-commands.ts';
import { commandLine, commandNames } from '../../../../schemas/chat-command.ts';
import { agentEffects } from '../../../../schemas/instance-file.ts';

test('the commands that a service sends without a slash are those that there are', () => {
  expect([...commandNames].sort()).toEqual([...allCommands.map(({ name }) => name), 'help'].sort());
  expect(commandLine('remember this')).toBe('/remember this');
});

test('what a model may be allowed to do without asking are the commands that change something', () => {
  const effects = allCommands.flatMap(({ name, tool }) => (tool?.effect === true ? [name] : []));
  expect([...agentEffects].sort()).toEqual(effects.sort());
});
