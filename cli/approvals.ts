import type { Command } from 'commander';
import { approvalStates } from '../schemas/endings.ts';
import { StewardError } from '../schemas/errors.ts';
import { visibleText } from '../schemas/visible-text.ts';
import { apiClient } from './api-client.ts';
import { printResult } from './print.ts';

interface Approval {
  readonly id: string;
  readonly code: string;
  readonly state: string;
  readonly subject: string;
  readonly text: string;
  readonly contentHash: string;
  readonly expiresAt: string;
  readonly decidedBy?: string;
}

/** `steward approvals`: what waits for the owner's word, and a way to say it. */
export function register(program: Command): void {
  const approvals = program.command('approvals').description('what waits for your word: list, approve, deny');
  approvals
    .command('list', { isDefault: true })
    .description('what waits for your word, newest first')
    .option('--state <state>', `${approvalStates.join(', ')}, or all`, 'waiting')
    .option('--limit <n>', 'how many, 1 to 500', '20')
    .action(async ({ state, limit }: { state: string; limit: string }) => {
      if (state !== 'all' && !(approvalStates as readonly string[]).includes(state)) {
        throw new StewardError('badInput', `--state is "${state}", expected ${approvalStates.join(', ')} or all`);
      }
      const query = new URLSearchParams({ limit, ...(state === 'all' ? {} : { state }) });
      const page = await apiClient().get<{ approvals: Approval[] }>(`/api/v1/approvals?${query}`);
      printResult(page.approvals, () => page.approvals.map(describe).join('\n\n') || 'nothing waits for your word');
    });
  approvals
    .command('approve')
    .description('allow exactly what was asked')
    .argument('<code>', 'the code that was shown, or the whole id')
    .option('--text <text>', 'the text as it shall go out, where it may be changed')
    .action(async (code: string, { text }: { text?: string }) => {
      await decide(code, 'approve', text === undefined ? {} : { text });
    });
  approvals
    .command('deny')
    .description('refuse what was asked')
    .argument('<code>', 'the code that was shown, or the whole id')
    .action(async (code: string) => await decide(code, 'deny', {}));
}

async function decide(code: string, word: 'approve' | 'deny', body: object): Promise<void> {
  const found = await apiClient().post<Approval>(`/api/v1/approvals/${encodeURIComponent(code)}/${word}`, body);
  printResult(found, () => `${visibleText(found.subject)}: ${found.state}`);
}

function describe({ code, state, subject, text, expiresAt, decidedBy }: Approval): string {
  const standing =
    state === 'waiting' ? `waits until ${expiresAt}` : `${state}${decidedBy === undefined ? '' : ` (${decidedBy})`}`;
  const body = visibleText(text).split('\n');
  return [`${code}  ${visibleText(subject)}`, ...body.map((line) => `        ${line}`), `        ${standing}`].join(
    '\n',
  );
}
