import type { Command } from 'commander';
import { visibleLine } from '../schemas/visible-text.ts';
import { apiClient } from './api-client.ts';
import { localHere } from './local-time.ts';
import { printResult, table } from './print.ts';

interface Hit {
  readonly at: string;
  readonly by: string;
  readonly channel: string;
  readonly text: string;
  readonly why: readonly string[];
}

/** `steward memory said`: what was said before in conversations. */
export function registerSaid(memory: Command): void {
  memory
    .command('said')
    .description('what was said before in conversations, best first, and why it was found')
    .argument('<question...>')
    .option('--from <instant>', 'said from then on, such as 2026-03-01T00:00:00Z')
    .option('--to <instant>', 'said before then')
    .action(async (question: string[], { from, to }: { from?: string; to?: string }) => {
      const query = new URLSearchParams({ question: question.join(' '), ...(from && { from }), ...(to && { to }) });
      const found = await apiClient().get<{ hits: Hit[] }>(`/api/v1/conversations/search?${query}`);
      printResult(found, () =>
        found.hits.length === 0
          ? 'Nothing of that was said before.'
          : table(
              ['WHEN', 'WHO', 'BY', 'WHAT WAS SAID', 'WHY'],
              found.hits.map(({ at: said, by, channel, text, why }) => [
                ...[
                  localHere(said),
                  by === 'steward' ? 'Steward' : 'you',
                  channel,
                  visibleLine(text, 120),
                  why.join('; '),
                ],
              ]),
            ),
      );
    });
}
