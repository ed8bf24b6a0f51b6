import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Flow, flows } from '../schemas/flows.ts';
import { workflowTypes } from '../schemas/protocol.ts';

/** One kept history: which flow it is of, and the activity groups that it calls. */
interface Recording {
  readonly file: string;
  readonly flow: string;
  readonly groups: readonly string[];
}

interface HistoryEvent {
  readonly workflowExecutionStartedEventAttributes?: { readonly workflowType?: { readonly name?: string } };
  readonly activityTaskScheduledEventAttributes?: { readonly activityType?: { readonly name?: string } };
  readonly markerRecordedEventAttributes?: {
    readonly markerName?: string;
    readonly details?: Record<string, { readonly payloads?: readonly { readonly data?: string }[] }>;
  };
}

/**
 * Where the map of flows and what there is differ, one line each.
 *
 * @param exported - names that workflows/index.ts exports
 * @param recordings - the kept histories
 */
export function checkFlows(
  map: Record<string, Pick<Flow, 'touches'>>,
  exported: readonly string[],
  recordings: readonly Recording[],
): string[] {
  const faults: string[] = [];
  for (const name of exported) if (!(name in map)) faults.push(`schemas/flows.ts has no row for ${name}`);
  for (const name of Object.keys(map)) {
    if (!exported.includes(name)) faults.push(`workflows/index.ts does not export ${name}`);
  }
  for (const { file, flow, groups } of recordings) {
    const row = map[flow];
    if (row === undefined) {
      faults.push(`${file} is of ${flow}, which schemas/flows.ts does not list`);
      continue;
    }
    const allowed = row.touches.map((group) => group.replace(/\?$/, ''));
    for (const group of groups) {
      if (!allowed.includes(group)) faults.push(`${file} calls ${group}, which the row of ${flow} does not touch`);
    }
  }
  for (const [name, { touches }] of Object.entries(map)) {
    const recorded = recordings.filter(({ flow }) => flow === name);
    if (recorded.length === 0) continue;
    for (const group of touches.filter((touched) => !touched.endsWith('?'))) {
      if (recorded.every(({ groups }) => !groups.includes(group))) {
        faults.push(`no kept history of ${name} calls ${group}`);
      }
    }
  }
  return faults;
}

/** Reads one kept history, as `temporal workflow show --output json` or the SDK writes it. */
export function readRecording(file: string, text: string): Recording {
  const { events } = JSON.parse(text) as { events: HistoryEvent[] };
  const flow = events[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name ?? '';
  const names = events.flatMap((event) => {
    const name = event.activityTaskScheduledEventAttributes?.activityType?.name ?? localActivity(event);
    return name === undefined ? [] : [name];
  });
  return { file, flow, groups: [...new Set(names.map((name) => name.split('.')[0] ?? ''))].sort() };
}

/** A local activity leaves a marker; its name stands in the marker's own data, unsealed. */
function localActivity({ markerRecordedEventAttributes: marker }: HistoryEvent): string | undefined {
  if (marker?.markerName !== 'core_local_activity') return undefined;
  const data = marker.details?.data?.payloads?.[0]?.data ?? '';
  try {
    return (JSON.parse(Buffer.from(data, 'base64').toString()) as { activity_type?: string }).activity_type;
  } catch {
    return undefined;
  }
}

/** The names that the barrel of workflows gives to a worker. */
export function exportedFlows(barrel: string): string[] {
  return [...barrel.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, names = '']) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type ')),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = resolve(import.meta.dirname, '..');
  const folder = join(root, 'test/replay/histories');
  const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
  const recordings = files
    .filter((file) => file.endsWith('.json'))
    .map((file) => readRecording(file, readFileSync(join(folder, file), 'utf8')));
  const exported = exportedFlows(readFileSync(join(root, 'workflows/index.ts'), 'utf8'));
  const faults = checkFlows(flows, exported, recordings);
  for (const name of Object.keys(flows)) {
    if (!(name in workflowTypes)) faults.push(`schemas/protocol.ts has no workflow type ${name}`);
    if (!recordings.some(({ flow }) => flow === name)) console.log(`flows: no history of ${name} is kept yet`);
  }
  for (const fault of faults) console.error(fault);
  console.log(`flows: ${exported.length} flows, ${recordings.length} kept histories, ${faults.length} faults`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
