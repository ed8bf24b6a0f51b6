import { z } from 'zod';
import { type ChatDocument, saying } from '../../../schemas/chat-document.ts';
import { StewardError } from '../../../schemas/errors.ts';
import { didYouMean } from '../../../schemas/nearest-word.ts';
import type { Trigger } from '../../../schemas/trigger-file.ts';
import { type ChatCommand, type CommandDeps, type Turn, toolOf } from '../chat-command.ts';

/** A model names one trigger, and nothing else. */
export const triggerTool = toolOf({
  args: z.strictObject({ trigger: z.string().min(1).max(100).describe('Name of a trigger') }),
  words: ({ trigger }) => [trigger],
  effect: true,
  outside: false,
});

export const runCommand: ChatCommand = {
  name: 'run',
  usage: 'TRIGGER',
  does: 'Runs a trigger now.',
  tool: triggerTool,
  run: async (deps, turn, [name]) => await runNow(deps, turn, findTrigger(deps, name)),
};

/** Fires a trigger once for this turn. @throws notFound, storeBusy, temporalBusy */
export async function runNow(
  { dispatch }: Pick<CommandDeps, 'dispatch'>,
  { actId, by }: Turn,
  { name, deliver }: Trigger,
): Promise<ChatDocument> {
  const { fireId } = await dispatch.fireNow({ trigger: name, requestId: actId, by });
  const goes = deliver.length === 0 ? '' : ` What it says goes to ${deliver.join(', ')}.`;
  return [saying('Under way: ', { strong: name }, ', ', { code: fireId }, `.${goes}`)];
}

/** The trigger that a person named. @throws badInput where none was named, notFound where there is none of that name */
export function findTrigger({ files }: Pick<CommandDeps, 'files'>, name: string | undefined): Trigger {
  const { triggers } = files.current();
  if (name === undefined) throw new StewardError('badInput', 'The name of a trigger is missing');
  const found = triggers.get(name) ?? triggers.get(name.toLowerCase());
  if (found === undefined) {
    throw new StewardError('notFound', `There is no trigger "${name}"${didYouMean(name, [...triggers.keys()])}`);
  }
  return found;
}
