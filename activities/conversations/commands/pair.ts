import { saying } from '../../../schemas/chat-document.ts';
import { StewardError } from '../../../schemas/errors.ts';
import { pairAddress } from '../../../store/people/pair-address.ts';
import type { ChatCommand } from '../chat-command.ts';

export const pairCommand: ChatCommand = {
  name: 'pair',
  usage: 'CODE',
  does: 'Lets in another address of yours, by the code that it was given.',
  run: async ({ store }, { personId }, [code]) => {
    if (code === undefined) throw new StewardError('badInput', 'The code is missing');
    const { channel, address } = await pairAddress(store, { personId, code, by: 'owner' });
    return [saying({ strong: address }, ` on ${channel} is let in.`)];
  },
};
