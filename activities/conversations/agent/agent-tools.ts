import { z } from 'zod';
import type { ModelCall, ModelTool } from '../../../schemas/model-chat.ts';
import type { ChatCommand, ToolOfCommand } from '../chat-command.ts';
import { allCommands } from '../commands/all-commands.ts';

/** What a call is once it was checked: a command with its words, or a sentence on what is wrong with it. */
export type CheckedCall =
  | { readonly command: ChatCommand; readonly tool: ToolOfCommand; readonly words: readonly string[] }
  | { readonly wrong: string };

const withTool = allCommands.filter((command) => command.tool !== undefined);

/** What a model may call: commands, by their names. */
export const agentTools: readonly ModelTool[] = withTool.map(({ name, does, tool }) => {
  const { $schema: _, ...parameters } = z.toJSONSchema(tool!.args) as Record<string, unknown>;
  return { name, does: tool!.does ?? does, parameters };
});

/** Checks a call against the tool that it names: nothing is done with what does not keep to its shape. Pure. */
export function checkCall({ tool: name, args }: Pick<ModelCall, 'tool' | 'args'>): CheckedCall {
  const command = withTool.find((one) => one.name === name);
  if (command?.tool === undefined) {
    return { wrong: `There is no such tool. There are: ${withTool.map((one) => one.name).join(', ')}.` };
  }
  const { tool } = command;
  const parsed = tool.args.safeParse(objectOf(args));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue?.path.join('.') || 'the arguments';
    return { wrong: `The call was not made: ${at}: ${issue?.message ?? 'not usable'}.` };
  }
  return { command, tool, words: tool.words(parsed.data as never) };
}

/** As a person would type it. Pure. */
export const asTyped = ({ name }: Pick<ChatCommand, 'name'>, words: readonly string[]): string =>
  [`/${name}`, ...words.map((word) => (/^[\w.-]+$/.test(word) ? word : JSON.stringify(word)))].join(' ');

/** A model without arguments to give often sends nothing. */
function objectOf(args: string): unknown {
  if (args.trim() === '') return {};
  try {
    return JSON.parse(args) as unknown;
  } catch {
    return undefined;
  }
}
