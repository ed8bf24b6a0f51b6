import { idPrefixes } from '../../schemas/ids.ts';
import type { RenderedMail } from '../../schemas/outgoing.ts';
import type { Store } from '../store.ts';
import { readDigest } from './keep-digest.ts';
import { readReport } from './read-report.ts';

/** The words of a digest or a report, whichever the id names. @throws notFound */
export async function readRendered(store: Store, sourceId: string): Promise<RenderedMail> {
  const stored = sourceId.startsWith(`${idPrefixes.report}_`)
    ? await readReport(store, sourceId)
    : await readDigest(store, sourceId);
  return stored.rendered;
}
