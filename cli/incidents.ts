import type { Command } from 'commander';
import { incidentStates } from '../schemas/endings.ts';
import { StewardError } from '../schemas/errors.ts';
import { visibleText } from '../schemas/visible-text.ts';
import { apiClient } from './api-client.ts';
import { printResult, table } from './print.ts';

interface Incident {
  readonly id: string;
  readonly service: string;
  readonly trigger: string;
  readonly state: string;
  readonly flaps: number;
  readonly openedAt: string;
  readonly acknowledgedAt?: string;
  readonly closedAt?: string;
}

interface IncidentInFull extends Incident {
  readonly fireId: string;
  readonly timeline: readonly { readonly at: string; readonly what: string }[];
}

/** `steward incidents`: faults of services, what was done about them, and a way to take one on. */
export function register(program: Command): void {
  const incidents = program.command('incidents').description('faults of services: list, show, acknowledge');
  incidents
    .command('list', { isDefault: true })
    .description('faults of services, newest first')
    .option('--state <state>', incidentStates.join(', '))
    .option('--limit <n>', 'how many, 1 to 500', '20')
    .action(async ({ state, limit }: { state?: string; limit: string }) => {
      if (state !== undefined && !(incidentStates as readonly string[]).includes(state)) {
        throw new StewardError('badInput', `--state is "${state}", expected ${incidentStates.join(', ')}`);
      }
      const query = new URLSearchParams({ limit, ...(state === undefined ? {} : { state }) });
      const page = await apiClient().get<{ incidents: Incident[] }>(`/api/v1/incidents?${query}`);
      printResult(page.incidents, () => describeList(page.incidents));
    });
  incidents
    .command('show')
    .description('one fault with what happened when')
    .argument('<id>', 'inc_…')
    .action(async (id: string) => {
      const found = await apiClient().get<IncidentInFull>(`/api/v1/incidents/${encodeURIComponent(id)}`);
      printResult(found, () => describe(found));
    });
  incidents
    .command('ack')
    .description('take a fault on: nobody further is told')
    .argument('<id>', 'inc_…')
    .option('--note <text>', 'kept in its timeline')
    .option('--closed', 'it is over: close it, whatever its looks say')
    .action(async (id: string, { note, closed }: { note?: string; closed?: true }) => {
      const path = `/api/v1/incidents/${encodeURIComponent(id)}/acknowledge`;
      const found = await apiClient().post<IncidentInFull>(path, {
        ...(note === undefined ? {} : { note }),
        ...(closed === undefined ? {} : { closed }),
      });
      printResult(found, () => `${found.id} ${found.state}`);
    });
}

const shortTime = (at: string) => at.replace(/\.\d+Z$/, 'Z');

function describeList(incidents: readonly Incident[]): string {
  if (incidents.length === 0) return 'no incidents';
  const rows = incidents.map(({ id, service, state, flaps, openedAt, closedAt }) => [
    id,
    visibleText(service),
    state,
    String(flaps),
    shortTime(openedAt),
    closedAt === undefined ? '' : shortTime(closedAt),
  ]);
  return table(['INCIDENT', 'SERVICE', 'STATE', 'FLAPS', 'OPENED', 'CLOSED'], rows);
}

function describe({ id, service, trigger, fireId, state, flaps, timeline }: IncidentInFull): string {
  return [
    `${id}  ${visibleText(service)}  ${state}`,
    `trigger ${trigger}, fire ${fireId}, down again ${flaps} times`,
    ...timeline.map(({ at, what }) => `  ${shortTime(at)}  ${visibleText(what)}`),
  ].join('\n');
}
