import type { FileSet } from '../schemas/file-set.ts';

/** The zone in which a schedule without one is read: the owner's, or else this machine's. */
export function ownerZone(files: Pick<FileSet, 'instance'>): string {
  return files.instance.owner.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}
