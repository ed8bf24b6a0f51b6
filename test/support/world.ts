import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import type { Clock } from '../../schemas/clock.ts';
import { ensureRootKeys } from '../../store/keys/root-key.ts';
import { type RunningSteward, startSteward } from '../../workers/start-steward.ts';
import { testDatabase } from './postgres.ts';
import { temporal } from './temporal.ts';

/** One whole Steward in this process: real Temporal (a namespace of its own), real Postgres, a home in a temporary folder. */
export interface World extends AsyncDisposable {
  readonly home: string;
  readonly namespace: string;
  readonly token: string;
  steward(): RunningSteward;
  /** Writes a file under the home, whole. */
  write(path: string, text: string): void;
  /** Asks the API. */
  ask(path: string, init?: { method?: string; body?: object }): Promise<Response>;
  /** Fires a trigger and waits for the ending of its run. @returns what the flow said */
  fire(trigger: string, requestId?: string): Promise<unknown>;
  /** Mails in a Maildir under the home, as bytes. */
  maildir(path: string): string[];
  /** Stops this Steward in good order and starts another on the same home, database and namespace. */
  restart(): Promise<void>;
}

interface WorldOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly cachedWorkflows?: number;
  readonly clock?: Clock;
}

/** Starts a world. @param options.files - files under the home, written before the start */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const home = mkdtempSync(join(tmpdir(), 'steward-world-'));
  const server = await temporal();
  const database = await testDatabase();
  const namespace = `world-${server.unique}`;
  await server.connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  const token = `token-${server.unique}-${server.unique}`;
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  };
  for (const folder of ['triggers', 'channels', 'workflows']) mkdirSync(join(home, folder));
  for (const [path, text] of Object.entries(options.files ?? {})) write(path, text);
  const rootKeyFile = join(home, 'data', 'root-key');
  ensureRootKeys(rootKeyFile);
  const start = () =>
    startSteward({
      ...{ home, namespace, rootKeyFile, databaseUrl: database.url },
      temporal: { address: server.address },
      api: { host: '127.0.0.1', port: 0, token },
      roles: ['main', 'io', 'llm', 'batch'],
      cachedWorkflows: options.cachedWorkflows ?? 20,
      graceMs: 2_000,
      log: pino({ level: process.env.WORLD_LOG ?? 'silent' }),
      ...(options.clock === undefined ? {} : { clock: options.clock }),
    });
  let steward = await start();
  const world: World = {
    ...{ home, namespace, token, write },
    steward: () => steward,
    ask: (path, init = {}) =>
      fetch(`http://127.0.0.1:${steward.apiPort}${path}`, {
        method: init.method ?? 'GET',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
      }),
    fire: async (trigger, requestId = `test-${Math.random().toString(36).slice(2)}`) => {
      const { workflowId } = await steward.dispatch.fireNow({ trigger, requestId });
      return await steward.client.workflow.getHandle(workflowId).result();
    },
    maildir: (path) =>
      ['new', 'cur'].flatMap((part) => {
        const folder = join(home, path, part);
        return readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
      }),
    restart: async () => {
      await steward.stop();
      steward = await start();
    },
    [Symbol.asyncDispose]: async () => {
      await steward.stop();
      await database[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      rmSync(home, { recursive: true, force: true });
    },
  };
  return world;
}

/** Waits until `look` gives something, up to `withinMs`. For what happens by itself, such as a mail being taken in. */
export async function eventually<T>(look: () => Promise<T | undefined> | T | undefined, withinMs = 30_000): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > until) throw new Error(`Nothing came within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
