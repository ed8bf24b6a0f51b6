import type { Command } from 'commander';
import { endings } from '../schemas/endings.ts';
import { StewardError } from '../schemas/errors.ts';
import { fireKinds } from '../schemas/fire-kinds.ts';
import { apiClient } from './api-client.ts';
import { paint, printResult, table } from './print.ts';

interface Related {
  readonly id: string;
  readonly trigger: string;
  readonly flow: string;
  readonly kind: string;
  readonly state: string;
}
interface Fire extends Related {
  readonly reason?: string;
  readonly outcome?: string;
  readonly waits?: string;
  readonly lateMs?: number;
  readonly priority: string;
  readonly slotKey: string;
  readonly workflowId: string;
  readonly dueAt: string;
  readonly acceptedAt: string;
  readonly endedAt?: string;
}
interface Page {
  readonly fires: readonly Fire[];
  readonly next?: string;
}
interface WholeFire extends Fire {
  readonly deliveries: readonly { readonly at: string; readonly source: string }[];
  readonly cause?: Related;
  readonly caused: readonly Related[];
  readonly payload?: { readonly bytes: number; readonly mediaType: string; readonly receivedAt: string };
  readonly link?: string;
}
interface Wanted {
  readonly trigger?: string;
  readonly ending?: string;
  readonly kind?: string;
  readonly since?: string;
  readonly before?: string;
  readonly limit: string;
}

/** `steward fires`: the ledger itself, newest first, and all that is known of one fire. */
export function register(program: Command): void {
  const fires = program
    .command('fires')
    .description('every slot, event and request with its ending, newest first')
    .option('--trigger <name>', 'of one trigger')
    .option('--ending <ending>', `open, ${endings.join(', ')}`)
    .option('--kind <kind>', `what set it off: ${fireKinds.join(', ')}`)
    .option('--since <instant>', 'accepted at this instant or after it, RFC 3339')
    .option('--limit <n>', 'how many, 1 to 500', '50')
    .option('--before <id>', 'older than this fire: where the page before ended')
    .action(async (wanted: Wanted) => {
      const page = await apiClient().get<Page>(`/api/v1/fires?${queryOf(wanted).toString()}`);
      printResult(page, () => describePage(page));
    });
  fires
    .command('show')
    .description('one fire with its deliveries, its cause, what it caused, and its run')
    .argument('<id>', 'such as fir_01KAX...')
    .action(async (id: string) => {
      const fire = await apiClient().get<WholeFire>(`/api/v1/fires/${encodeURIComponent(id)}`);
      printResult(fire, () => describeFire(fire));
    });
}

function queryOf({ trigger, ending, kind, since, before, limit }: Wanted): URLSearchParams {
  oneOf('--ending', ending, ['open', ...endings]);
  oneOf('--kind', kind, fireKinds);
  const from = since === undefined ? undefined : new Date(since);
  if (from !== undefined && Number.isNaN(from.getTime())) {
    throw new StewardError('badInput', `--since is "${since}", expected an instant such as 2026-03-29T00:00:00Z`);
  }
  const query = new URLSearchParams({ limit });
  const given = { trigger, state: ending, kind, since: from?.toISOString(), before };
  for (const [key, value] of Object.entries(given)) if (value !== undefined) query.set(key, value);
  return query;
}

function oneOf(option: string, value: string | undefined, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value)) return;
  throw new StewardError('badInput', `${option} is "${value}", expected ${allowed.join(', ')}`);
}

const short = (instant: string) => instant.replace(/\.\d+Z$/, 'Z');
const stateOf = ({ state, waits }: Pick<Fire, 'state' | 'waits'>) => (waits === undefined ? state : `open (${waits})`);

function describePage({ fires, next }: Page): string {
  if (fires.length === 0) return 'no fires';
  const rows = fires.map((fire) => [
    ...[fire.id, fire.trigger, fire.kind, short(fire.dueAt), stateOf(fire), fire.reason ?? fire.outcome ?? ''],
  ]);
  const more = next === undefined ? [] : [paint('dim', `older ones: steward fires --before ${next}`)];
  return [table(['FIRE', 'TRIGGER', 'KIND', 'DUE', 'ENDING', 'WHY'], rows), ...more].join('\n');
}

function describeFire(fire: WholeFire): string {
  const { payload, cause, caused, deliveries, lateMs } = fire;
  const late = lateMs === undefined ? '' : `, ${Math.round(lateMs / 1_000)} s late`;
  const related = (one: Related) => `${one.id}  ${one.trigger}: ${one.flow}, ${one.state}`;
  const rows: [string, string | undefined][] = [
    ['fire', fire.id],
    ['trigger', fire.trigger],
    ['flow', fire.flow],
    ['kind', fire.kind],
    ['slot', fire.slotKey],
    ['priority', fire.priority],
    ['due', short(fire.dueAt)],
    ['accepted', `${short(fire.acceptedAt)}${late}`],
    ['ended', fire.endedAt === undefined ? undefined : short(fire.endedAt)],
    ['ending', stateOf(fire)],
    ['why', fire.reason ?? fire.outcome],
    ['payload', payload === undefined ? undefined : `${payload.mediaType}, ${payload.bytes} bytes`],
    ['run', fire.workflowId],
    ['link', fire.link],
    ['caused by', cause === undefined ? undefined : related(cause)],
    ...caused.map((one): [string, string] => ['caused', related(one)]),
    ...deliveries.map(({ at, source }): [string, string] => ['came again', `${short(at)} by ${source}`]),
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(12)}${value}`])).join('\n');
}
