import { existsSync } from 'node:fs';
import { StewardError } from '../schemas/errors.ts';
import type { Edited, EditLock, TriggerText } from '../schemas/file-set.ts';
import { firableFlows } from '../schemas/flows.ts';
import { editTriggers } from '../store/files/edit-triggers.ts';
import { loadFilesOnce, readTrigger, storedSecret } from '../store/files/load-files.ts';
import type { ParsedFile } from '../store/files/parse-file.ts';
import { ownerFlows } from '../workers/bundle-hash.ts';
import { type ApiClient, apiClient, failureOf } from './api-client.ts';
import { homeRoot } from './home-root.ts';

/** The trigger files of a home, through the Steward that runs there, or on disk where none does. */
interface OpenEdits {
  read(name: string): Promise<Pick<TriggerText, 'bytes' | 'hash'> | undefined>;
  write(name: string, text: string, lock: EditLock): Promise<Edited>;
  remove(name: string, lock: EditLock): Promise<Edited>;
  /** Says after a call whether a Steward made it, which then has it in force. */
  inForce(): boolean;
}

/** Checks a text as the loader of a home would; a home that is not there has no flows and nobody of its own. */
export function checkTrigger(home: string, name: string, text: string): ParsedFile<unknown> {
  const knownFlows = () => new Set([...firableFlows, ...ownerFlows(home).map((flow) => flow.name)]);
  const { owner } = loadFilesOnce(home, process.env, knownFlows).instance;
  // A stored secret cannot be looked up here; that it is missing is for the running Steward to say.
  const places = { home, env: process.env, secret: () => storedSecret, knownFlows };
  return readTrigger(name, text, places, ['me', owner.name]);
}

/** @throws notRunning where there is neither a running Steward nor a home */
export function openEdits(home = homeRoot()): OpenEdits {
  let running = true;
  const disk = editTriggers({
    home,
    check: (name, text) => checkTrigger(home, name, text),
    record: async (_entry, act) => act(),
    reload: async () => undefined,
  });
  const either = async <T>(asked: (api: ApiClient) => Promise<T>, onDisk: () => T | Promise<T>): Promise<T> => {
    try {
      running = true;
      return await asked(apiClient(home));
    } catch (error) {
      const nobody = error instanceof StewardError && error.code === 'notRunning';
      // Who names an address means the Steward there, and not the files here.
      if (!nobody || process.env.STEWARD_API_URL !== undefined || !existsSync(home)) throw error;
      running = false;
      return onDisk();
    }
  };
  return {
    read: (name) =>
      either(
        (api) => readThrough(api, name),
        () => disk.read(name),
      ),
    write: (name, text, lock) =>
      either(
        (api) => editThrough(api, 'PUT', name, lock, text),
        () => disk.write(name, text, lock, 'owner'),
      ),
    remove: (name, lock) =>
      either(
        (api) => editThrough(api, 'DELETE', name, lock),
        () => disk.remove(name, lock, 'owner'),
      ),
    inForce: () => running,
  };
}

const pathOf = (name: string) => `/api/v1/triggers/${encodeURIComponent(name)}/file`;

async function readThrough(api: ApiClient, name: string): ReturnType<OpenEdits['read']> {
  const answer = await api.send('GET', pathOf(name), {});
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw await failureOf(answer, `GET ${pathOf(name)}`);
  const hash = (answer.headers.get('etag') ?? '').replaceAll('"', '');
  return { hash, bytes: Buffer.from(await answer.arrayBuffer()) };
}

async function editThrough(
  api: ApiClient,
  method: 'PUT' | 'DELETE',
  name: string,
  lock: EditLock,
  text?: string,
): Promise<Edited> {
  const body = text === undefined ? {} : { 'content-type': 'application/yaml' };
  const answer = await api.send(method, pathOf(name), { ...body, ...headerOf(lock) }, text);
  const said = (await answer
    .clone()
    .json()
    .catch(() => ({}))) as { path?: string; hash?: string; faults?: [] };
  const path = said.path ?? `triggers/${name}.yaml`;
  if (answer.ok && text === undefined) return { outcome: 'gone', path };
  if (answer.ok) return { outcome: 'done', path, hash: said.hash ?? '', created: answer.status === 201 };
  if (answer.status === 412) return { outcome: 'changed', path, hash: said.hash };
  if (answer.status === 422 && said.faults !== undefined) return { outcome: 'invalid', path, faults: said.faults };
  throw await failureOf(answer, `${method} ${pathOf(name)}`);
}

function headerOf(lock: EditLock): Record<string, string> {
  if (lock === 'new') return { 'if-none-match': '*' };
  return { 'if-match': lock === 'any' ? '*' : lock.map((hash) => `"${hash}"`).join(', ') };
}
