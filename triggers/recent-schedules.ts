/** What was done to Schedules of late: when (`performance.now()`), and the words they have since; none where deleted. */
export type RecentSchedules = Map<string, { readonly at: number; readonly words: string | undefined }>;

/** Temporal's list of Schedules is behind what was done to them; never by as much as this. */
const listLagMs = 60_000;

/**
 * Corrects a list of Schedules by what was done to them since it may have been made. Without this, a save that is taken
 * back at once would find in the list what is no longer so, and leave it.
 *
 * @param listed - words by id; corrected in place
 */
export function correctList(listed: Map<string, string | undefined>, recent: RecentSchedules): void {
  for (const [id, { at, words }] of recent) {
    if (performance.now() - at > listLagMs) recent.delete(id);
    else if (words === undefined) listed.delete(id);
    else listed.set(id, words);
  }
}

/** Does something to a Schedule and notes it. Where that fails, how the Schedule is now is not known: it will be changed. */
export async function noting<T>(
  recent: RecentSchedules,
  id: string,
  words: string | undefined,
  change: () => Promise<T>,
): Promise<T> {
  recent.set(id, { at: performance.now(), words: 'not known' });
  const changed = await change();
  recent.set(id, { at: performance.now(), words });
  return changed;
}
