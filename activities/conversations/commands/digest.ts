import { saying } from '../../../schemas/chat-document.ts';
import type { ChatCommand } from '../chat-command.ts';
import { findTrigger, runNow } from './run.ts';

export const digestCommand: ChatCommand = {
  name: 'digest',
  usage: '[TRIGGER]',
  does: 'Makes a digest of all mail that is in none yet, now.',
  run: async (deps, turn, [name]) => {
    const named = name === undefined ? undefined : findTrigger(deps, name);
    const first = [...deps.files.current().triggers.values()].find((one) => one.run === 'emailDigest' && one.enabled);
    const trigger = named ?? first;
    return trigger === undefined
      ? [saying('No trigger makes digests: one with ', { code: 'run: emailDigest' }, ' is missing in triggers/.')]
      : await runNow(deps, turn, trigger);
  },
};
