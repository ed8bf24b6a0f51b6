import { z } from 'zod';
import { saying } from '../../../schemas/chat-document.ts';
import { type ChatCommand, toolOf } from '../chat-command.ts';
import { findTrigger, runNow } from './run.ts';

export const digestCommand: ChatCommand = {
  name: 'digest',
  usage: '[TRIGGER]',
  does: 'Makes a digest of all mail that is in none yet, now.',
  tool: toolOf({
    args: z.strictObject({
      trigger: z
        .string()
        .min(1)
        .max(100)
        .optional()
        .describe('Name of the trigger that makes it; the first one when left out'),
    }),
    words: ({ trigger }) => (trigger === undefined ? [] : [trigger]),
    effect: true,
    outside: false,
  }),
  run: async (deps, turn, [name]) => {
    const named = name === undefined ? undefined : findTrigger(deps, name);
    const first = [...deps.files.current().triggers.values()].find((one) => one.run === 'emailDigest' && one.enabled);
    const trigger = named ?? first;
    return trigger === undefined
      ? [saying('No trigger makes digests: one with ', { code: 'run: emailDigest' }, ' is missing in triggers/.')]
      : await runNow(deps, turn, trigger);
  },
};
