import { z } from 'zod';
import { saying } from '../../../schemas/chat-document.ts';
import { readFires } from '../../../store/fires/read-fires.ts';
import { showTimes } from '../../show-time.ts';
import { type ChatCommand, toolOf } from '../chat-command.ts';

const shown = 10;

export const runsCommand: ChatCommand = {
  name: 'runs',
  usage: '',
  does: 'Shows what ran last and how it ended.',
  tool: toolOf({ args: z.strictObject({}), words: () => [], effect: false, outside: false }),
  run: async ({ store, zone }, { personId }) => {
    const fires = (await readFires(store, { limit: 50 })).filter((fire) => fire.personId === personId).slice(0, shown);
    if (fires.length === 0) return [saying('Nothing has run yet.')];
    const times = showTimes(zone());
    const rows = fires.map(({ trigger, dueAt, state, reason, outcome }) => [
      trigger,
      times.short(dueAt),
      state,
      reason ?? outcome?.outcome ?? '',
    ]);
    return [{ kind: 'table', head: ['trigger', 'due', 'ending', 'why'], rows }];
  },
};
