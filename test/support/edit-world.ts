import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Files } from '../../schemas/file-set.ts';
import { openFiles } from '../../store/files/open-files.ts';
import type { Store } from '../../store/store.ts';
import { apiToken, apiWorld } from './api-world.ts';
import type { Ran } from './home.ts';
import { ownNamespace } from './own-namespace.ts';
import { testStore } from './postgres.ts';
import { temporal } from './temporal.ts';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** A home whose files are in force, a real API before them, and the command line as a process of its own. */
export interface EditWorld extends AsyncDisposable {
  readonly home: string;
  readonly files: Files;
  readonly store: Store;
  write(path: string, text: string): void;
  read(path: string): string;
  /** Asks for a trigger's file; with the token unless other headers say who asks. */
  ask(method: string, name: string, headers?: Record<string, string>, body?: string | Uint8Array): Promise<Response>;
  /** @param more.stdin - what is typed */
  steward(words: string[], more?: { env?: Record<string, string>; stdin?: string }): Promise<Ran>;
}

/** Starts one. The command line reaches it by STEWARD_API_URL. */
export async function editWorld(): Promise<EditWorld> {
  const server = await temporal();
  const opened = await testStore();
  const home = mkdtempSync(join(tmpdir(), 'edit-'));
  const files = await openFiles({
    ...{ home, store: opened.store, log: { info() {}, warn() {} }, env: {} },
    knownFlows: () => new Set(['noop', 'emailDigest']),
  });
  const api = await apiWorld((await ownNamespace(server)).client, '2026-03-01T06:30:00Z', { files });
  const url = `http://127.0.0.1:${api.apiPort}`;
  return {
    ...{ home, files, store: opened.store },
    read: (path) => readFileSync(join(home, path), 'utf8'),
    write: (path, text) => {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      writeFileSync(join(home, path), text);
    },
    ask: (method, name, headers = {}, body) =>
      fetch(`${url}/api/v1/triggers/${name}/file`, {
        method,
        headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/yaml', ...headers },
        ...(body === undefined ? {} : { body: body as string }),
      }),
    steward: (words, more = {}) => runSteward(words, { STEWARD_API_URL: url, ...more.env }, more.stdin),
    [Symbol.asyncDispose]: async () => {
      await api[Symbol.asyncDispose]();
      await files.close();
      await opened[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Runs one command with no home of its own. */
export function runSteward(words: string[], env: Record<string, string> = {}, stdin = ''): Promise<Ran> {
  const mine = {
    ...{ PATH: process.env.PATH ?? '', STEWARD_HOME: '/nonexistent', TZ: 'UTC', NO_COLOR: '1' },
    ...{ STEWARD_API_TOKEN: apiToken, ...env },
  };
  return new Promise((done) => {
    const child = execFile(process.execPath, [main, ...words], { env: mine }, (error, out, err) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
    child.stdin?.end(stdin);
  });
}

/** A trigger file that can be used. */
export const goodTrigger = (schedule = '0 8 * * *') =>
  `run: noop\nwhen: { schedule: "${schedule}", timezone: UTC }\nmissed: { policy: none }\n`;
