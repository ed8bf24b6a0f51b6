import { openRun, removeRun } from './run-folder.ts';

/** Opens the folder in which this run's servers live; they start when the first test asks. */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await openRun();
  return () => removeRun(folder);
}
