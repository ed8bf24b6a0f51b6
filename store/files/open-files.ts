import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { and, eq } from 'drizzle-orm';
import type { Logger } from 'pino';
import { configFiles } from '../../schemas/db/records.ts';
import type { FileKind, FileSet, Files } from '../../schemas/file-set.ts';
import { appendEvent } from '../append-event.ts';
import { readSecrets } from '../secrets/read-secrets.ts';
import { inTransaction, type Store } from '../store.ts';
import { type Loaded, loadFiles } from './load-files.ts';
import { hashOf } from './parse-file.ts';

/** A save comes as several events; after this long without one it is read. */
const settleMs = 100;
/** A watch can go deaf (network file systems, a folder replaced): the files are read this often all the same. */
const rereadMs = 5_000;

interface OpenFilesDeps {
  readonly home: string;
  readonly store: Store;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly knownFlows: () => ReadonlySet<string>;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * The files of a home while Steward runs. A save is in force within a second; a broken one leaves the last good
 * version in force, also over a restart.
 */
export async function openFiles(deps: OpenFilesDeps): Promise<Files> {
  const { store, home, log } = deps;
  const listeners = new Set<(files: FileSet) => void>();
  let good = await readGood(store);
  let print = '';
  let set: FileSet | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;

  const read = async (): Promise<FileSet> => {
    const secrets = await readSecrets(store);
    const loaded = loadFiles(
      { home, env: deps.env ?? process.env, secret: (name) => secrets.get(name), knownFlows: deps.knownFlows },
      (kind, name) => good.get(`${kind}/${name}`),
    );
    const now = fingerprint(loaded);
    if (set !== undefined && now === print) return set;
    good = await keepGood(store, loaded, good);
    print = now;
    const first = set === undefined;
    set = loaded.set;
    for (const fault of set.faults) {
      const { path, line, column, lastGoodInForce } = fault;
      log.warn({ path, line, column, lastGoodInForce, fault: fault.message }, 'a file is broken');
    }
    log.info({ triggers: set.triggers.size, channels: set.channels.size, faults: set.faults.length }, 'files in force');
    if (!first && !closed) for (const listener of listeners) listener(set);
    return set;
  };
  // One reading at a time, in order: an older one must not overwrite a newer.
  const reload = () => {
    const next = queue.then(read);
    queue = next.catch(() => undefined);
    return next;
  };
  await reload();

  const tryLook = () => {
    reload().catch((error: unknown) =>
      log.warn({ reason: (error as Error).message }, 'the files could not be read now'),
    );
  };
  let settle: NodeJS.Timeout | undefined;
  const watchers = ['.', 'triggers', 'channels', 'workflows'].flatMap((name) =>
    watchFolder(join(home, name), () => {
      clearTimeout(settle);
      settle = setTimeout(tryLook, settleMs);
    }),
  );
  const timer = setInterval(tryLook, rereadMs);

  return {
    current: () => set!,
    reload,
    onChange: (listener) => {
      listeners.add(listener);
    },
    close: async () => {
      closed = true;
      clearInterval(timer);
      clearTimeout(settle);
      for (const watcher of watchers) watcher.close();
      await queue;
    },
  };
}

function watchFolder(folder: string, changed: () => void): FSWatcher[] {
  try {
    return [watch(folder, { persistent: false }, changed).on('error', () => undefined)];
  } catch {
    return [];
  }
}

/** Changes with every change that counts, and with nothing else. References may point at files that change too. */
function fingerprint({ set }: Loaded): string {
  const { triggers, channels, models, instance, faults } = set;
  return hashOf(JSON.stringify([[...triggers], [...channels], models, instance, faults]));
}

const goodPlace = (kind: FileKind, name: string) => ({
  table: 'config_files',
  row: `${kind}/${name}`,
  column: 'good_text',
});

async function readGood(store: Store): Promise<Map<string, string>> {
  const rows = await store.db.select().from(configFiles);
  return new Map(
    rows.flatMap(({ kind, name, goodText }) =>
      goodText === null ? [] : [[`${kind}/${name}`, store.keys.openSystem(goodPlace(kind, name), goodText)] as const],
    ),
  );
}

/** Stores each good text and each fault; forgets files that are gone. Writes only what differs. */
async function keepGood(store: Store, { files }: Loaded, before: Map<string, string>): Promise<Map<string, string>> {
  const kept = new Map<string, string>();
  await inTransaction(store, async (inside) => {
    const rows = new Map((await inside.db.select().from(configFiles)).map((row) => [`${row.kind}/${row.name}`, row]));
    for (const { file, hash, fault } of files) {
      const { kind, name } = file;
      const key = `${kind}/${name}`;
      const row = rows.get(key);
      rows.delete(key);
      const text = fault === undefined ? file.text! : before.get(key);
      if (text !== undefined) kept.set(key, text);
      const seen = fault === undefined ? row?.goodHash === hash && row.brokenHash === null : row?.brokenHash === hash;
      if (seen) continue;
      const { line = 1, column = 1, message = '' } = fault ?? {};
      const values =
        fault === undefined
          ? {
              goodHash: hash,
              goodText: inside.keys.sealSystem(goodPlace(kind, name), file.text!),
              brokenHash: null,
              fault: null,
            }
          : { brokenHash: hash, fault: { line, column, message } };
      const updatedAt = inside.clock.now();
      await inside.db
        .insert(configFiles)
        .values({ kind, name, ...values, updatedAt })
        .onConflictDoUpdate({ target: [configFiles.kind, configFiles.name], set: { ...values, updatedAt } });
      const type = fault === undefined ? 'file.taken' : 'file.broken';
      await appendEvent(inside, { aggregate: 'file', aggregateId: key, type, data: { line } });
    }
    for (const { kind, name } of rows.values()) await forget(inside, kind, name);
  });
  return kept;
}

async function forget(inside: Parameters<Parameters<typeof inTransaction>[1]>[0], kind: FileKind, name: string) {
  await inside.db.delete(configFiles).where(and(eq(configFiles.kind, kind), eq(configFiles.name, name)));
  await appendEvent(inside, { aggregate: 'file', aggregateId: `${kind}/${name}`, type: 'file.gone' });
}
