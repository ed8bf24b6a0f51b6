import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import type { Clock } from '../../schemas/clock.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import { ensureRootKeys } from '../../store/keys/root-key.ts';
import { type RunningSteward, startSteward } from '../../workers/start-steward.ts';
import { testDatabase } from './postgres.ts';
import { temporal } from './temporal.ts';

/** One whole Steward in this process: real Temporal (a namespace of its own), real Postgres, a home in a temporary folder. */
export interface World extends AsyncDisposable {
  readonly home: string;
  readonly namespace: string;
  readonly token: string;
  /** host:port of Temporal. */
  readonly temporalAddress: string;
  steward(): RunningSteward;
  /** Writes a file under the home, whole. */
  write(path: string, text: string): void;
  /** Asks the API. */
  ask(path: string, init?: { method?: string; body?: object }): Promise<Response>;
  /** Fires a trigger and waits for the ending of its run. @returns what the flow said */
  fire(trigger: string, requestId?: string): Promise<unknown>;
  /** Mails in a Maildir under the home, as bytes. */
  maildir(path: string): string[];
  /** Stops this Steward in good order. */
  stop(): Promise<void>;
  /** Starts another on the same home, database and namespace, after stopping the one before. */
  restart(): Promise<void>;
}

interface WorldOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly cachedWorkflows?: number;
  readonly clock?: Clock;
  /** A root key file to copy; a fresh key when left out. */
  readonly rootKey?: string;
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
    // What a model is asked beside the test would be counted by it.
    const whole = path === 'models.yaml' && !text.includes('probe:') ? `probe: false\n${text}` : text;
    writeFileSync(join(home, path), whole);
  };
  for (const folder of ['triggers', 'channels', 'workflows']) mkdirSync(join(home, folder));
  for (const [path, text] of Object.entries(options.files ?? {})) write(path, text);
  const rootKeyFile = join(home, 'data', 'root-key');
  if (options.rootKey !== undefined) {
    mkdirSync(join(home, 'data'), { mode: 0o700 });
    writeFileSync(rootKeyFile, readFileSync(options.rootKey), { mode: 0o600 });
  }
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
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= steward.stop();
    return stopped;
  };
  const world: World = {
    ...{ home, namespace, token, write, temporalAddress: server.address },
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
    stop: () => stop(),
    restart: async () => {
      await stop();
      steward = await start();
      stopped = undefined;
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
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

/** A Maildir channel `box` in a world, empty and watched from the first moment on. @param more - lines of its file */
export async function withBox(world: World, more = ''): Promise<void> {
  const path = join(world.home, 'Mail');
  for (const part of ['new', 'cur', 'tmp']) mkdirSync(join(path, part), { recursive: true });
  world.write('channels/box.yaml', `kind: maildir\naddresses: [me@box.example]\npath: ${path}\nreadEvery: 1s\n${more}`);
  // What lies in a box before the first look is left alone, so a test waits for that look.
  await eventually(async () => {
    const { rowCount } = await world.steward().store.db.execute('select 1 from cursors');
    return (rowCount ?? 0) > 0 || undefined;
  });
}

/** Puts a mail into the box of a world. The number makes sender, subject and Message-ID. */
export function putMail(world: World, at: number, words = 'Could you send me the plan by Friday?'): void {
  const head = [
    `From: Ann ${at} <ann${at}@out.example>`,
    'To: me@box.example',
    `Subject: Note ${at}`,
    `Date: ${new Date().toUTCString()}`,
    `Message-ID: <note-${at}@out.example>`,
  ];
  writeFileSync(join(world.home, 'Mail/new', `note-${at}`), `${head.join('\r\n')}\r\n\r\n${words}\r\n`);
}

/** Waits until so many mails are in the inbox ledger. */
export const takenIn = (world: World, count: number) =>
  eventually(
    async () => (await world.steward().store.db.select({ id: inbox.id }).from(inbox)).length >= count || undefined,
  );

/** A trigger file for a flow that only a hand fires. */
export const byHand = (flow: string, deliver = 'mail:box') => `run: ${flow}
when: { schedule: "0 0 1 1 *", timezone: Europe/Berlin }
missed: { policy: none }
deliver: [${deliver}]
`;
