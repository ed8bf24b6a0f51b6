/** How far an archive has been read. */
export interface ArchiveToken {
  /** The last message that was read; undefined where the archive was empty at first sight. */
  readonly id: string | undefined;
  /** When the server got that message, RFC 3339. */
  readonly at: string | undefined;
}

/** The time comes first: an id is the server's own word, and may have blanks. */
export function writeToken({ id, at }: ArchiveToken): string {
  return id === undefined ? '-' : `${at ?? '-'} ${id}`;
}

/** Reads what `writeToken` wrote. Pure. */
export function readToken(token: string): ArchiveToken {
  const blank = token.indexOf(' ');
  if (blank < 0) return { id: undefined, at: undefined };
  const at = token.slice(0, blank);
  return { id: token.slice(blank + 1), at: at === '-' ? undefined : at };
}
