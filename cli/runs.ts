import type { Command } from 'commander';
import { endings } from '../schemas/endings.ts';
import { StewardError } from '../schemas/errors.ts';
import { apiClient } from './api-client.ts';
import { paint, printResult, table } from './print.ts';

interface Run {
  readonly id: string;
  readonly trigger: string;
  readonly flow: string;
  readonly state: string;
  readonly reason?: string;
  readonly outcome?: string;
  readonly dueAt: string;
  readonly run?: { readonly status: string };
  readonly link?: string;
}

interface Page {
  readonly runs: readonly Run[];
  readonly next?: string;
}

/** `steward runs`: the ledger with the state of each run, newest first. */
export function register(program: Command): void {
  program
    .command('runs')
    .description('what ran, what was missed and why, newest first')
    .option('--trigger <name>', 'of one trigger')
    .option('--ending <ending>', `open, ${endings.join(', ')}`)
    .option('--limit <n>', 'how many, 1 to 100', '20')
    .option('--before <id>', 'older than this fire: where the page before ended')
    .action(async (options: { trigger?: string; ending?: string; limit: string; before?: string }) => {
      if (options.ending !== undefined && !['open', ...endings].includes(options.ending)) {
        throw new StewardError('badInput', `--ending is "${options.ending}", expected open, ${endings.join(', ')}`);
      }
      const query = new URLSearchParams({ limit: options.limit });
      if (options.trigger !== undefined) query.set('trigger', options.trigger);
      if (options.ending !== undefined) query.set('state', options.ending);
      if (options.before !== undefined) query.set('before', options.before);
      const page = await apiClient().get<Page>(`/api/v1/runs?${query.toString()}`);
      printResult(page, () => describe(page));
    });
}

function describe({ runs, next }: Page): string {
  if (runs.length === 0) return 'no runs';
  const rows = runs.map(({ id, trigger, flow, state, reason, outcome, dueAt, run }) => [
    id,
    trigger,
    flow,
    dueAt.replace(/\.\d+Z$/, 'Z'),
    // While it is open, what Temporal says is news; afterwards the ending says it all.
    state === 'open' && run !== undefined ? run.status.toLowerCase() : state,
    reason ?? outcome ?? '',
  ]);
  const more = next === undefined ? [] : [paint('dim', `older ones: steward runs --before ${next}`)];
  return [table(['FIRE', 'TRIGGER', 'FLOW', 'DUE', 'ENDING', 'WHY'], rows), ...more].join('\n');
}
