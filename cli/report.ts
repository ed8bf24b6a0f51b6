import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { type ApiClient, apiClient } from './api-client.ts';
import { printResult } from './print.ts';
import { startProgress } from './progress.ts';

/** `steward report`: shows the newest morning report; with `--now` one is made first. */
export function register(program: Command): void {
  program
    .command('report')
    .description('show the newest morning report')
    .option('--now', 'make one first; it takes the mail that is in no digest yet')
    .option('--trigger <name>', 'with --now: the trigger that makes it', 'morning-report')
    .addOption(new Option('--format <format>', 'how to show it').choices(['text', 'html']).default('text'))
    .action(async (options: { now?: true; trigger: string; format: string }) => {
      const api = apiClient();
      if (options.now) await makeReport(api, options.trigger);
      const report = await api.getText(`/api/v1/reports/latest?format=${options.format}`);
      printResult({ [options.format]: report }, report.trimEnd());
    });
}

async function makeReport(api: ApiClient, trigger: string): Promise<void> {
  const progress = await startProgress('Making a report');
  const path = `/api/v1/triggers/${encodeURIComponent(trigger)}/fire`;
  const { fireId } = await api.post<{ fireId: string }>(path, { requestId: randomUUID() });
  for (;;) {
    const { state, reason } = await api.get<{ state: string; reason?: string }>(`/api/v1/fires/${fireId}`);
    if (state === 'ran' || state === 'ranLate') return progress.done();
    if (state !== 'open') {
      progress.fail(`The report ${state}`);
      throw new Error(`The report ended as ${state}${reason === undefined ? '' : `: ${reason}`}`);
    }
    await sleep(200);
  }
}
