import { z } from 'zod';
import { approvalCode } from '../../../schemas/approval.ts';
import { type ChatDocument, saying } from '../../../schemas/chat-document.ts';
import { openApproval } from '../../../store/approvals/ask-approval.ts';
import { readApprovals } from '../../../store/approvals/read-approvals.ts';
import { showTimes } from '../../show-time.ts';
import { type ChatCommand, type CommandDeps, type Turn, toolOf } from '../chat-command.ts';

export const approvalsCommand: ChatCommand = {
  name: 'approvals',
  usage: '',
  does: 'Shows what waits for your word.',
  outside: true,
  tool: toolOf({ args: z.strictObject({}), words: () => [], effect: false, outside: true }),
  run: async (deps, turn) => await waitingDocument(deps, turn),
};

export const approveCommand: ChatCommand = {
  name: 'approve',
  usage: 'CODE',
  does: 'Allows exactly what was asked under this code.',
  run: async (deps, turn, [code]) => await decide(deps, turn, 'approved', code),
};

export const denyCommand: ChatCommand = {
  name: 'deny',
  usage: 'CODE',
  does: 'Refuses what was asked under this code.',
  run: async (deps, turn, [code]) => await decide(deps, turn, 'denied', code),
};

/** A word without a code decides nothing: what it is about must be named. */
async function decide(deps: CommandDeps, turn: Turn, word: 'approved' | 'denied', code: string | undefined) {
  if (code === undefined) return await waitingDocument(deps, turn);
  const { state, decided, subject } = await deps.dispatch.decide({ named: code, word, by: turn.channel });
  return [
    decided || state === word
      ? saying({ strong: subject }, `: ${state}.`)
      : saying({ strong: subject }, ` is over already: ${state}.`),
  ];
}

async function waitingDocument({ store, zone }: CommandDeps, { personId }: Turn): Promise<ChatDocument> {
  const rows = await readApprovals(store, { personId, state: 'waiting', limit: 20 });
  if (rows.length === 0) return [saying('Nothing waits for your word.')];
  const times = showTimes(zone());
  return rows.flatMap((row): ChatDocument => {
    const { subject, text } = openApproval(store, row);
    const code = approvalCode(row.id);
    const until = ` Without a word until ${times.short(row.expiresAt)} it is a no.`;
    return [
      { kind: 'heading', text: subject },
      { kind: 'code', text },
      saying({ code: `/approve ${code}` }, ' or ', { code: `/deny ${code}` }, '.', until),
    ];
  });
}
