import type { Reader } from './catch-up.ts';
import { type LiveMessage, readLive } from './read-live.ts';

/** Of messages that wait; of what an archive holds the name of the archive is enough. */
const maxWaiting = 1_000;

/** What came live over a connection and is not dealt with yet. */
export interface LiveNews {
  /** All that came since the last call, parted by what is to be done with it. */
  next(present: ReadonlySet<string>): NextNews;
  /** Takes a message off the list of those that wait for their archive. @returns whether it was there */
  met(archive: string, archiveId: string): boolean;
  /** Messages that said which message of an archive they are, and were not met there yet. */
  held(): LiveMessage[];
  /** Ends the wait, now or the next one. */
  wake(): void;
  /** Waits until something came or `wake` was called. */
  wait(): Promise<void>;
}

export interface NextNews {
  /** Archives that have news. */
  readonly archives: readonly string[];
  /** Messages that no archive holds. */
  readonly loose: readonly LiveMessage[];
  /** More came that no archive holds than was kept. */
  readonly lost: boolean;
}

/** Hears what comes live until `over` aborts. */
export function hearLive(reader: Reader, over: AbortSignal): LiveNews {
  const waiting: LiveMessage[] = [];
  /** By archive, whether any of it was no history. */
  const crowded = new Map<string, boolean>();
  let lost = false;
  const unmet = new Map<string, LiveMessage>();
  let news = Promise.withResolvers<void>();
  const wake = () => news.resolve();
  const stop = reader.link.onStanza((stanza) => {
    const live = readLive(stanza, reader);
    if (live === undefined) return;
    wake();
    if (waiting.length >= maxWaiting) {
      if (live.named || live.delayed) crowded.set(live.archive, crowded.get(live.archive) === true || !live.past);
      else lost = true;
      return;
    }
    waiting.push(live);
    if (unmet.size >= maxWaiting) return;
    // What was said before we came is the archive's alone: at first sight nothing old is acted on.
    if (live.archiveId !== undefined && !live.delayed) unmet.set(keyOf(live.archive, live.archiveId), live);
  });
  over.addEventListener('abort', () => {
    stop();
    wake();
  });
  const met = (archive: string, archiveId: string) => unmet.delete(keyOf(archive, archiveId));
  return {
    next: (present) => {
      const parted = part(waiting.splice(0), present, reader.rooms);
      for (const { archive, archiveId } of parted.loose) if (archiveId !== undefined) met(archive, archiveId);
      const named = [...crowded.keys()].filter((archive) => present.has(archive));
      // Somebody named an archive that there is not.
      lost ||= [...crowded].some(([archive, spoken]) => spoken && !present.has(archive));
      const found = { ...parted, archives: [...new Set([...parted.archives, ...named])], lost };
      crowded.clear();
      lost = false;
      return found;
    },
    met,
    held: () => [...unmet.values()],
    wake,
    wait: async () => {
      await news.promise;
      news = Promise.withResolvers();
    },
  };
}

const keyOf = (archive: string, archiveId: string) => `${archive} ${archiveId}`;

function part(
  waiting: readonly LiveMessage[],
  present: ReadonlySet<string>,
  rooms: Reader['rooms'],
): Omit<NextNews, 'lost'> {
  const archives = new Set<string>();
  const loose: LiveMessage[] = [];
  for (const live of waiting) {
    const { archive, named, delayed, past } = live;
    if (present.has(archive) && (named || delayed)) archives.add(archive);
    // History of a room without an archive was said before we came.
    else if (!past || !rooms.has(archive)) loose.push(live);
  }
  return { archives: [...archives], loose };
}
