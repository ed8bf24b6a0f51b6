import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { StewardError } from '../schemas/errors.ts';
import { apiClient } from './api-client.ts';
import { paint, printResult } from './print.ts';

/** What the list of triggers says of a person's word on one. */
export interface SteeredInList {
  readonly paused?: { readonly by: string; readonly since: string; readonly reason?: string };
  readonly skipNext?: number;
}
type Named = SteeredInList & { readonly name: string };

interface Steered {
  readonly trigger: string;
  readonly paused?: { readonly by: string; readonly since: string };
  readonly skipNext: number;
}
interface Backfilled {
  readonly requestId: string;
  readonly slots: readonly { readonly dueAt: string; readonly fireId?: string; readonly accepted?: boolean }[];
  readonly left: number;
}

/** `steward trigger pause`, `resume`, `skip` and `backfill`. */
export function addSteering(trigger: Command): void {
  const name = ['<name>', 'the file’s name without its ending'] as const;
  trigger
    .command('pause')
    .description('let nothing set a trigger off until it is resumed; `trigger run` still does')
    .argument(...name)
    .option('--reason <words>', 'why; kept sealed, shown in the list and in the report')
    .action((which: string, { reason }: { reason?: string }) =>
      steer(which, 'pause', reason === undefined ? {} : { reason }),
    );
  trigger
    .command('resume')
    .description('take a pause back; what was skipped meanwhile stays skipped')
    .argument(...name)
    .action((which: string) => steer(which, 'resume', {}));
  trigger
    .command('skip')
    .description('skip the next fires of a trigger')
    .argument(...name)
    .option('--count <n>', 'how many, 0 to 1000; 0 takes it back', '1')
    .action((which: string, { count }: { count: string }) =>
      steer(which, 'skip', { count: wholeNumber('--count', count, 0, 1_000) }),
    );
  trigger
    .command('backfill')
    .description('fire the slots of a range that did not run, one after another')
    .argument(...name)
    .requiredOption('--from <instant>', 'first instant of the range, RFC 3339')
    .requiredOption('--to <instant>', 'last instant of the range; not in the future')
    .option('--max <n>', 'at most so many, the oldest; 1 to 1000', '100')
    .option('--request-id <id>', 'the same id is the same fires, however often it is sent')
    .option('--dry-run', 'only list what would run')
    .action(backfill);
}

async function steer(name: string, word: string, body: object): Promise<void> {
  const now = await apiClient().post<Steered>(`/api/v1/triggers/${encodeURIComponent(name)}/${word}`, body);
  printResult(now, () => {
    const paused = now.paused === undefined ? 'in force' : `paused by ${now.paused.by} since ${now.paused.since}`;
    return `${name}: ${paused}${now.skipNext === 0 ? '' : `; the next ${now.skipNext} skipped`}`;
  });
}

async function backfill(
  name: string,
  options: { from: string; to: string; max: string; requestId?: string; dryRun?: true },
): Promise<void> {
  const body = {
    ...{ from: instant('--from', options.from), to: instant('--to', options.to) },
    max: wholeNumber('--max', options.max, 1, 1_000),
    requestId: options.requestId ?? randomUUID(),
    ...(options.dryRun ? { dryRun: true } : {}),
  };
  const done = await apiClient().post<Backfilled>(`/api/v1/triggers/${encodeURIComponent(name)}/backfill`, body);
  printResult(done, () => describeBackfill(done, options.dryRun === true));
}

function describeBackfill({ slots, left }: Backfilled, dryRun: boolean): string {
  const head =
    slots.length === 0 ? 'every slot of the range ran' : dryRun ? 'would run, in this order:' : 'in the queue:';
  const more = left === 0 ? [] : [paint('dim', `${left} more did not run; give a larger --max`)];
  return [
    head,
    ...slots.map(({ dueAt, fireId }) => `  ${dueAt}${fireId === undefined ? '' : `  ${fireId}`}`),
    ...more,
  ].join('\n');
}

/** What stands for the next slot of a trigger that a person steers. */
export function steeredCell({ paused, skipNext }: SteeredInList, next: string): string {
  if (paused !== undefined) return 'PAUSED';
  return skipNext === undefined ? next : `${next} (skipped, ${skipNext} in all)`.trimStart();
}

/** One loud line for each trigger that is paused. */
export function steeredLines(triggers: readonly Named[], show = (at: Date) => at.toISOString()): string[] {
  return triggers.flatMap(({ name, paused }) => {
    if (paused === undefined) return [];
    const reason = paused.reason === undefined ? '' : `: ${paused.reason}`;
    return [
      `${paint('yellow', `${name} is paused`)} by ${paused.by} since ${show(new Date(paused.since))}${reason}`,
      `  steward trigger resume ${name}`,
    ];
  });
}

/** The triggers that a person steers now; none where the API does not answer. */
export async function readSteered(): Promise<Named[]> {
  try {
    const { triggers } = await apiClient().get<{ triggers: Named[] }>('/api/v1/triggers');
    return triggers
      .filter(({ paused, skipNext }) => paused !== undefined || skipNext !== undefined)
      .map(({ name, paused, skipNext }) => ({
        name,
        ...(paused === undefined ? {} : { paused }),
        ...(skipNext === undefined ? {} : { skipNext }),
      }));
  } catch {
    return [];
  }
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new StewardError('badInput', `${option} is "${text}", expected ${least} to ${most}`);
}

function instant(option: string, text: string): string {
  const at = new Date(text);
  if (!Number.isNaN(at.getTime())) return at.toISOString();
  throw new StewardError('badInput', `${option} is "${text}", expected an instant such as 2026-03-29T00:00:00Z`);
}
