import { z } from 'zod';
import { saying } from '../../../schemas/chat-document.ts';
import { readLatestReport } from '../../../store/digests/read-report.ts';
import { type ChatCommand, toolOf } from '../chat-command.ts';

export const reportCommand: ChatCommand = {
  name: 'report',
  usage: '',
  does: 'Shows the newest morning report.',
  outside: true,
  tool: toolOf({ args: z.strictObject({}), words: () => [], effect: false, outside: true }),
  run: async ({ store }, { personId }) => {
    const stored = await readLatestReport(store, personId);
    if (stored === undefined) return [saying('There is no report yet.')];
    const { subject, text } = stored.rendered;
    return [
      { kind: 'heading', text: subject },
      { kind: 'code', text },
    ];
  },
};
