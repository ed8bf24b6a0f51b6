import type { Command } from 'commander';
import { effectStates } from '../schemas/endings.ts';
import { StewardError } from '../schemas/errors.ts';
import { visibleText } from '../schemas/visible-text.ts';
import { apiClient } from './api-client.ts';
import { paint, printResult, table } from './print.ts';

interface Effect {
  readonly id: string;
  readonly kind: string;
  readonly channel: string;
  readonly state: string;
  readonly attempt: number;
  readonly detail?: string;
  readonly createdAt: string;
}
interface WholeEffect extends Effect {
  readonly to: string;
  readonly subject?: string;
  readonly text: string;
}

/** `steward outbox`: what went out and what became of it, and a way to send again what did not arrive. */
export function register(program: Command): void {
  const outbox = program.command('outbox').description('what went out and what became of it: list, show, resend');
  outbox
    .command('list', { isDefault: true })
    .description('outward effects, newest first')
    .option('--state <state>', effectStates.join(', '))
    .option('--limit <n>', 'how many, 1 to 500', '20')
    .option('--before <id>', 'older than this one: where the page before ended')
    .action(async ({ state, limit, before }: { state?: string; limit: string; before?: string }) => {
      if (state !== undefined && !(effectStates as readonly string[]).includes(state)) {
        throw new StewardError('badInput', `--state is "${state}", expected ${effectStates.join(', ')}`);
      }
      const given = { limit, ...(state === undefined ? {} : { state }), ...(before === undefined ? {} : { before }) };
      const page = await apiClient().get<{ effects: Effect[]; next?: string }>(
        `/api/v1/outbox?${new URLSearchParams(given)}`,
      );
      printResult(page, () => describePage(page));
    });
  outbox
    .command('show')
    .description('one effect with its content, and why it stands as it does')
    .argument('<id>', 'out_…')
    .action(async (id: string) => {
      const found = await apiClient().get<WholeEffect>(`/api/v1/outbox/${encodeURIComponent(id)}`);
      printResult(found, () => describe(found));
    });
  outbox
    .command('resend')
    .description('send again what failed, or what nobody knows of whether it arrived: it may arrive twice')
    .argument('<id>', 'out_…')
    .action(async (id: string) => {
      const found = await apiClient().post<Effect>(`/api/v1/outbox/${encodeURIComponent(id)}/resend`);
      printResult(found, () => `${found.id} is sent again`);
    });
}

function describePage({ effects, next }: { effects: readonly Effect[]; next?: string }): string {
  if (effects.length === 0) return 'nothing has gone out';
  const rows = effects.map(({ id, kind, channel, createdAt, state, detail }) => [
    ...[id, kind, channel, createdAt.replace(/\.\d+Z$/, 'Z'), state, visibleText(detail ?? '')],
  ]);
  const more = next === undefined ? [] : [paint('dim', `older ones: steward outbox --before ${next}`)];
  return [table(['EFFECT', 'KIND', 'CHANNEL', 'MADE', 'STATE', 'WHY'], rows), ...more].join('\n');
}

function describe({ id, kind, channel, to, subject, state, attempt, detail, createdAt, text }: WholeEffect): string {
  const rows: [string, string | undefined][] = [
    ['effect', id],
    ['kind', kind],
    ['channel', channel],
    ['to', visibleText(to)],
    ['subject', subject === undefined ? undefined : visibleText(subject)],
    ['made', createdAt],
    ['state', `${state}, attempt ${attempt}`],
    ['why', detail === undefined ? undefined : visibleText(detail)],
  ];
  const head = rows.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(10)}${value}`]));
  return [...head, '', visibleText(text)].join('\n');
}
