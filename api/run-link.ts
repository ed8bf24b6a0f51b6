import type { FireRow } from '../store/fires/open-fire.ts';
import type { ApiDeps } from './api-deps.ts';
import { uiBase } from './temporal-ui.ts';

/** Whether a fire has or will have a run: a slot that was missed, or skipped before it began, has none. */
export function hasRun({ state, outcome }: Pick<FireRow, 'state' | 'outcome'>): boolean {
  return state !== 'missed' && (state !== 'skipped' || outcome !== null);
}

/** Where a browser finds the run of a fire; undefined where no Temporal UI is known. @param host - by which name it called us */
export function runLink(
  { client, temporalUiUrl }: Pick<ApiDeps, 'client' | 'temporalUiUrl'>,
  fire: FireRow,
  host: string | undefined,
): string | undefined {
  if (temporalUiUrl === undefined || !hasRun(fire)) return undefined;
  const namespace = encodeURIComponent(client.options.namespace);
  return `${uiBase(temporalUiUrl, host)}/namespaces/${namespace}/workflows/${encodeURIComponent(fire.workflowId)}`;
}
