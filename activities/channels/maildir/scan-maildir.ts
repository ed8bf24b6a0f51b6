import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { uniqueName } from './maildir-name.ts';

/** One file of a Maildir, not yet read. */
export interface MaildirFile {
  /** `new/<name>` or `cur/<name>`. */
  readonly path: string;
  readonly unique: string;
  readonly sizeBytes: number;
  /** When it came to lie here, as far as the file system and its name can tell. */
  readonly arrivedAt: Date;
}

/**
 * Lists files whose unique name is not in `settled`, in batches of 100. One name at a time is looked at, so that memory
 * does not follow the folder. Moves and changes nothing.
 *
 * @throws ENOENT when new/ is missing
 */
export async function* scanMaildir(folder: string, settled: ReadonlySet<string>): AsyncGenerator<MaildirFile[]> {
  let batch: MaildirFile[] = [];
  // new/ before cur/: a mail that a reader moves meanwhile is met twice rather than never.
  for (const part of ['new', 'cur']) {
    for await (const entry of await openPart(folder, part)) {
      const unique = uniqueName(entry.name);
      if (entry.name.startsWith('.') || settled.has(unique)) continue;
      const file = await lookAt(folder, `${part}/${entry.name}`, unique);
      if (file !== undefined) batch.push(file);
      if (batch.length === 100) {
        yield batch;
        batch = [];
      }
    }
  }
  if (batch.length > 0) yield batch;
}

async function openPart(folder: string, part: string) {
  try {
    return await opendir(join(folder, part), { bufferSize: 256 });
  } catch (error) {
    if (part === 'cur' && (error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function lookAt(folder: string, path: string, unique: string): Promise<MaildirFile | undefined> {
  try {
    const found = await stat(join(folder, path));
    if (!found.isFile()) return undefined;
    // Copying tools keep an old mtime, restoring ones an old name: the latest of what is known is when it came here.
    const named = Number(/^(\d{9,10})\./.exec(unique)?.[1] ?? 0) * 1_000;
    const arrivedAt = new Date(Math.ceil(Math.max(found.mtimeMs, found.birthtimeMs, named)));
    return { path, unique, sizeBytes: found.size, arrivedAt };
  } catch {
    // Moved or deleted since it was listed; a moved one is found again under its new name.
    return undefined;
  }
}
