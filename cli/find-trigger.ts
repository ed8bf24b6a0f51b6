import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { StewardError } from '../schemas/errors.ts';
import type { FileSet } from '../schemas/file-set.ts';
import { firableFlows } from '../schemas/flows.ts';
import { type Trigger, type TriggerFile, triggerFile } from '../schemas/trigger-file.ts';
import { loadFilesOnce, storedSecret } from '../store/files/load-files.ts';
import { parseFile } from '../store/files/parse-file.ts';
import { ownerFlows } from '../workers/bundle-hash.ts';
import { homeRoot } from './home-root.ts';

/**
 * A trigger by name, or of a file anywhere; for a file neither a home nor a running Steward is needed.
 *
 * @throws notFound, and fileInvalid with file, line and column
 */
export function findTrigger(what: string): { readonly trigger: Trigger; readonly files: FileSet } {
  const files = readFiles();
  if (/\.ya?ml$/i.test(what) || what.includes('/')) return { trigger: readTrigger(what), files };
  const trigger = files.triggers.get(what);
  if (trigger !== undefined) return { trigger, files };
  const fault = files.faults.find((one) => nameOf(one.path) === what);
  if (fault !== undefined) {
    throw new StewardError('fileInvalid', `${fault.path}:${fault.line}:${fault.column}: ${fault.message}`);
  }
  throw new StewardError('notFound', `There is no trigger "${what}" in ${homeRoot()}`);
}

/** The files of the home as they are now; of no home as well. */
export function readFiles(): FileSet {
  const home = homeRoot();
  return loadFilesOnce(
    home,
    process.env,
    () => new Set([...firableFlows, ...ownerFlows(home).map(({ name }) => name)]),
  );
}

function readTrigger(path: string): Trigger {
  if (!existsSync(path)) throw new StewardError('notFound', `There is no file ${path}`);
  const places = { home: dirname(path), env: process.env, secret: () => storedSecret };
  const parsed = parseFile<TriggerFile>(readFileSync(path, 'utf8'), triggerFile, places);
  if (parsed.ok) return { ...parsed.value, name: nameOf(path), hash: parsed.hash };
  const { line, column, message } = parsed.faults[0];
  throw new StewardError('fileInvalid', `${path}:${line}:${column}: ${message}`);
}

const nameOf = (path: string) => basename(path).replace(/\.ya?ml$/i, '');
