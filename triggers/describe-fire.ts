import type { FireRow } from '../store/fires/open-fire.ts';

const kinds: Readonly<Record<FireRow['kind'], string>> = {
  schedule: 'by schedule',
  mail: 'new mail',
  message: 'by a message',
  http: 'a service changed',
  webhook: 'by a webhook',
  metric: 'a figure crossed its line',
  file: 'a file changed',
  flow: 'another flow ended',
  manual: 'asked for',
  backfill: 'asked for once more',
  failure: 'another run failed',
};

/** One line for the list of runs in the Temporal UI; at most 200 bytes. No personal data. */
export function summaryOf(fire: FireRow): string {
  const late = fire.lateMs === null ? '' : `, ${spanOf(fire.lateMs)} late`;
  const due = fire.kind === 'schedule' ? `, due ${fire.dueAt.toISOString().slice(0, 16)}Z` : '';
  return `${fire.trigger}: ${fire.flow}, ${kinds[fire.kind]}${due}${late}`;
}

/** The first page of a run's log book, as Markdown. No arguments: they may hold anything. */
export function detailsOf(fire: FireRow): string {
  return [
    `- **trigger** \`${fire.trigger}\` (triggers/${fire.trigger}.yaml), ${kinds[fire.kind]}`,
    `- **fire** \`${fire.id}\``,
    `- **due** ${fire.dueAt.toISOString()}`,
    `- **accepted** ${fire.acceptedAt.toISOString()}${fire.lateMs === null ? '' : `, ${spanOf(fire.lateMs)} late`}`,
    `- **delivers to** ${fire.deliver.length === 0 ? 'nobody named; the flow decides' : fire.deliver.join(', ')}`,
    `- **priority** ${fire.priority}`,
  ].join('\n');
}

/** `90 s`, `12 min`, `3 h`, `2 d`: rounded down. @param ms - zero or more */
export function spanOf(ms: number): string {
  if (ms < 120_000) return `${Math.floor(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.floor(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${Math.floor(ms / 3_600_000)} h`;
  return `${Math.floor(ms / 86_400_000)} d`;
}
