import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { FileSet, Files } from '../../schemas/file-set.ts';
import { appendAudit } from '../append-audit.ts';
import { readSecrets } from '../secrets/read-secrets.ts';
import { inTransaction, type Store } from '../store.ts';
import { editTriggers } from './edit-triggers.ts';
import { type GoodTexts, goodAfter, keepGood, readGood } from './keep-good.ts';
import { type Loaded, loadFiles, readTrigger } from './load-files.ts';
import { hashOf } from './parse-file.ts';
import { flowFiles } from './read-folder.ts';
import { removeUnfinished } from './replace-file.ts';
import { watchHome } from './watch-home.ts';

/** Some editors move the old file aside before they write the new one: what is gone is looked for once more. */
const awayMs = 150;

interface OpenFilesDeps {
  readonly home: string;
  readonly store: Store;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly knownFlows: () => ReadonlySet<string>;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * The files of a home while Steward runs. A save is in force within a second; a broken one leaves the last good
 * version in force, also over a restart. Rejects where the home cannot be read at all.
 *
 * @source docs/design/files.md
 */
export async function openFiles(deps: OpenFilesDeps): Promise<Files> {
  const { store, home, log } = deps;
  const listeners = new Set<(files: FileSet) => void>();
  let good = await readGood(store);
  let print = '';
  let kept = '';
  let set: FileSet | undefined;
  let secrets: ReadonlyMap<string, string> = new Map();
  let queue: Promise<unknown> = Promise.resolve();
  let keeping: Promise<unknown> = Promise.resolve();
  let closed = false;

  const read = async (): Promise<{ current: FileSet; loaded: Loaded; now: string }> => {
    const load = () => loadFiles(placesOf(deps, secrets), (kind, name) => good.get(`${kind}/${name}`));
    let loaded = load();
    // A store that is slow holds up no save that names no secret.
    if (namesSecret(loaded, good)) {
      secrets = await readSecrets(store).catch((error: unknown) => {
        if (set === undefined) throw error;
        return secrets;
      });
      loaded = load();
    }
    if (!closed && lacksOneOf(loaded, good)) {
      await sleep(awayMs);
      loaded = load();
    }
    const now = printOf(loaded, home);
    if (set === undefined || now !== print) {
      print = now;
      set = loaded.set;
      good = goodAfter(loaded, good);
      announce(loaded, log);
      if (!closed) for (const listener of listeners) listener(set);
    }
    return { current: set, loaded, now };
  };
  // In force first, on record next: a store that is slow or away holds up neither this save nor the next.
  const keep = (loaded: Loaded, now: string): Promise<void> => {
    const next = keeping.then(async () => {
      if (now === kept) return;
      await keepGood(store, loaded);
      kept = now;
    });
    keeping = next.catch(() => undefined);
    return next;
  };
  // One reading at a time, in order: an older one must not overwrite a newer.
  const readInTurn = () => {
    const next = queue.then(read);
    queue = next.catch(() => undefined);
    return next;
  };
  const reload = async () => {
    const { current, loaded, now } = await readInTurn();
    await keep(loaded, now);
    return current;
  };
  const failed = (error: unknown) => {
    log.warn({ reason: (error as Error).message }, 'the files could not be read or kept now');
  };
  await reload();
  removeUnfinished(join(home, 'triggers'), store.clock.now());
  const unwatch = watchHome(home, () => {
    reload().catch(failed);
  });

  return {
    current: () => set!,
    reload,
    onChange: (listener) => {
      listeners.add(listener);
    },
    edits: editTriggers({
      home,
      check: async (name, text) =>
        readTrigger(name, text, placesOf(deps, await readSecrets(store)), ['me', set!.instance.owner.name]),
      record: ({ by, action, name, ...data }, act) =>
        inTransaction(store, async (inside) => {
          await appendAudit(inside, { actor: by, action, subject: name, data });
          act();
        }),
      // An edit that is in force is done; a store that goes away now must not make it look as if it were not.
      reload: async () => {
        const { loaded, now } = await readInTurn();
        keep(loaded, now).catch(failed);
      },
    }),
    close: async () => {
      closed = true;
      unwatch();
      await queue;
      await keeping;
    },
  };
}

/** Whether a text that may come into force refers to a sealed secret. */
function namesSecret({ files }: Loaded, good: GoodTexts): boolean {
  const refers = (text: string | undefined) => text?.includes('${secret:') ?? false;
  return files.some(({ file }) => refers(file.text)) || [...good.values()].some(refers);
}

/** Whether a file that was good before is not there. */
function lacksOneOf({ files }: Loaded, good: GoodTexts): boolean {
  const there = new Set(files.map(({ file }) => `${file.kind}/${file.name}`));
  return [...good.keys()].some((key) => !there.has(key));
}

const placesOf = (deps: OpenFilesDeps, secrets: ReadonlyMap<string, string>) => ({
  home: deps.home,
  env: deps.env ?? process.env,
  secret: (name: string) => secrets.get(name),
  fingerprint: (text: string) => deps.store.keys.fingerprint('file', text),
  knownFlows: deps.knownFlows,
});

function announce({ set, files }: Loaded, log: OpenFilesDeps['log']): void {
  for (const { path, line, column, lastGoodInForce } of set.faults) {
    const plain = files.find(({ file }) => file.path === path)?.fault;
    const fault = plain?.line === line && plain.column === column ? { fault: plain.message } : {};
    log.warn({ path, line, column, lastGoodInForce, ...fault }, 'a file is broken');
  }
  log.info({ triggers: set.triggers.size, channels: set.channels.size, faults: set.faults.length }, 'files in force');
}

/** Changes with every change that counts, and with nothing else. References and flows may change beside the files. */
function printOf({ set, files }: Loaded, home: string): string {
  const { triggers, channels, models, instance, faults } = set;
  const flows = flowFiles(home).map((path) => [path, textOf(join(home, path))]);
  const hashes = files.map(({ file, hash }) => [file.path, hash]);
  return hashOf(JSON.stringify([[...triggers], [...channels], models, instance, faults, hashes, flows]));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
