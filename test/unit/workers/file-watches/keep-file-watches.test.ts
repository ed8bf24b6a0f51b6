/**
 * - What appears, changes or vanishes is one fire each, once it has come to rest; half a file is none.
 * - What is there when a watch begins is known; what changed while Steward was off is found at the start, once.
 * - A crash between fire and state makes no second fire; a watch that was off owes nothing.
 * - A folder that is gone or too full is a fault that is said once, and no thousand files that vanished.
 * - Links lead nowhere else; names, which come from outside, are in no row that is not sealed and in no log.
 */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliveries, triggerStates } from '../../../../schemas/db/fires.ts';
import type { Dispatch } from '../../../../schemas/dispatch.ts';
import type { Trigger } from '../../../../schemas/trigger-file.ts';
import { argsOf } from '../../../../store/fires/open-fire.ts';
import { readWatch } from '../../../../store/triggers/watch-state.ts';
import { type FileWatches, keepFileWatches } from '../../../../workers/file-watches/keep-file-watches.ts';
import { type DispatchWorld, dispatchWorld, unreachableClient } from '../../../support/dispatch-world.ts';

/** Runs are not what is tested here: rows are. The sweeper would start them. */
const client = unreachableClient();
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'file-watches-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface FolderWorld {
  readonly world: DispatchWorld;
  readonly folder: string;
  readonly log: object[];
  readonly at: (name: string) => string;
  put(name: string, text?: string): void;
  /** Puts a trigger `box` in force and begins to watch; waits until the watch has begun. */
  begin(more?: object, dispatch?: Pick<Dispatch, 'fireEvent'>, file?: object): Promise<void>;
  /** Begins anew with these triggers, whatever the schema says of them. */
  watchAll(triggers: readonly Trigger[]): Promise<void>;
  end(): Promise<void>;
  /** `change name` of each fire, sorted. */
  told(): Promise<string[]>;
}

let serial = 0;
async function inFolder(body: (folder: FolderWorld) => Promise<void>): Promise<void> {
  await using world = await dispatchWorld(client, '2026-03-01T06:00:00Z');
  const folder = join(root, `box-${serial++}`);
  mkdirSync(folder);
  const log: object[] = [];
  const say = (facts: object, words: string) => void log.push({ ...facts, words });
  let watches: FileWatches | undefined;
  const end = async () => {
    await watches?.stop();
    watches = undefined;
  };
  const keep = (dispatch: Pick<Dispatch, 'fireEvent'>) =>
    keepFileWatches({
      ...{ store: world.store, dispatch, personId: world.personId, home: root },
      log: { info: say, warn: say } as never,
    });
  const self: FolderWorld = {
    ...{ world, folder, log, end, at: (name) => join(folder, name) },
    put: (name, text = name) => writeFileSync(join(folder, name), text),
    watchAll: async (triggers) => {
      await end();
      watches = keep(world.dispatch);
      await watches.follow({ triggers: new Map(triggers.map((trigger) => [trigger.name, trigger])) });
    },
    begin: async (more = {}, dispatch = world.dispatch, file = {}) => {
      world.use({ box: { run: 'noop', ...file, when: { file: { path: folder, settle: '50ms', ...more } } } });
      watches ??= keep(dispatch);
      await watches.follow(world.deps.files.current());
      await expect.poll(async () => (await readWatch(world.store, 'box'))?.detail).toBeDefined();
    },
    told: async () =>
      (await world.firesOf('box'))
        .map((fire) => argsOf(world.store, fire).event as { change: string; name: string })
        .map(({ change, name }) => `${change} ${name}`)
        .sort(),
  };
  try {
    await body(self);
  } finally {
    await end();
  }
}
const all = { on: ['appears', 'changes', 'vanishes'] };
const wait = { timeout: 20_000, interval: 50 };

test('keepFileWatches() makes a fire of what appears, changes and vanishes, and none of what was there', () =>
  inFolder(async ({ put, begin, told, at, world, folder }) => {
    put('old.pdf');
    await begin(all);
    put('new.pdf', 'four');
    await expect.poll(told, wait).toEqual(['appears new.pdf']);
    appendFileSync(at('old.pdf'), 'more');
    rmSync(at('new.pdf'));
    await expect.poll(told, wait).toEqual(['appears new.pdf', 'changes old.pdf', 'vanishes new.pdf']);
    const first = (await world.firesOf('box')).find(
      (fire) => (argsOf(world.store, fire).event as { change: string }).change === 'appears',
    );
    expect(first).toMatchObject({ kind: 'file', slotKey: expect.stringMatching(/^file-[0-9a-f]{32}$/) as string });
    expect(argsOf(world.store, first!).event).toEqual({
      ...{ path: join(folder, 'new.pdf'), name: 'new.pdf', change: 'appears', sizeBytes: 4 },
      modifiedAt: expect.stringMatching(/^20\d\d-.*Z$/) as string,
    });
  }));

test('keepFileWatches() counts only names that fit and changes that the file asks for', () =>
  inFolder(async ({ put, begin, told, at }) => {
    await begin({ match: '*.{pdf,txt}' });
    for (const name of ['a.pdf', 'b.doc', 'c.txt', '.d.pdf.part']) put(name);
    await expect.poll(told, wait).toEqual(['appears a.pdf', 'appears c.txt']);
    rmSync(at('a.pdf'));
    put('e.pdf');
    await expect.poll(told, wait).toEqual(['appears a.pdf', 'appears c.txt', 'appears e.pdf']);
  }));

test('keepFileWatches() watches the others where one cannot begin', () =>
  inFolder(async ({ put, begin, told, world, log, watchAll }) => {
    await begin();
    const [box] = world.deps.files.current().triggers.values();
    const rule = { ...(box!.when as { file: object }).file, match: '[z-a]' };
    const broken = { ...box!, name: 'broken', when: { file: rule } } as Trigger;
    await watchAll([broken, box!]);
    put('a.pdf');
    await expect.poll(told, wait).toEqual(['appears a.pdf']);
    expect(log).toContainEqual(
      expect.objectContaining({ trigger: 'broken', words: 'a path cannot be watched' }) as object,
    );
  }));

test('keepFileWatches() tells a file that grows once, when it is whole', () =>
  inFolder(async ({ put, begin, told, at, world }) => {
    await begin({ settle: '600ms' });
    put('scan.pdf', '');
    for (let part = 0; part < 15; part++) {
      appendFileSync(at('scan.pdf'), 'x');
      await sleep(100);
    }
    await expect.poll(told, wait).toEqual(['appears scan.pdf']);
    const [fire] = await world.firesOf('box');
    expect(argsOf(world.store, fire!).event).toMatchObject({ sizeBytes: 15 });
  }));

test('keepFileWatches() takes a file that is replaced by renaming for a change, and not for one that vanished', () =>
  inFolder(async ({ put, begin, told, at }) => {
    put('list.csv');
    await begin(all);
    put('.list.csv.tmp', 'next');
    renameSync(at('.list.csv.tmp'), at('list.csv'));
    await expect.poll(told, wait).toEqual(['changes list.csv']);
    // The same bytes and time, and another file all the same.
    put('.list.csv.tmp', 'next');
    utimesSync(at('list.csv'), 1, 1);
    utimesSync(at('.list.csv.tmp'), 1, 1);
    await expect.poll(async () => (await told()).length, wait).toBeGreaterThan(1);
  }));

test('keepFileWatches() tells a file again that was taken away and put back', () =>
  inFolder(async ({ put, begin, told, at }) => {
    await begin(all);
    put('a');
    await expect.poll(told, wait).toEqual(['appears a']);
    for (const round of [2, 3]) {
      renameSync(at('a'), join(root, 'away'));
      await expect.poll(async () => (await told()).filter((one) => one === 'vanishes a').length, wait).toBe(round - 1);
      renameSync(join(root, 'away'), at('a'));
      await expect.poll(async () => (await told()).filter((one) => one === 'appears a').length, wait).toBe(round);
    }
  }));

test('keepFileWatches() finds at the start what changed while it was off, and by name what vanished', () =>
  inFolder(async ({ put, begin, end, told, at }) => {
    for (const name of ['stays', 'goes', 'changes']) put(name);
    await begin(all);
    await end();
    put('comes');
    put('changes', 'other');
    rmSync(at('goes'));
    await begin(all);
    const expected = ['appears comes', 'changes changes', 'vanishes goes'];
    await expect.poll(told, wait).toEqual(expected);
    await end();
    await begin(all);
    await sleep(300);
    expect(await told()).toEqual(expected);
  }));

test(
  'keepFileWatches() makes one fire each of a thousand files, also when it is cut in the middle',
  () =>
    inFolder(async ({ put, begin, end, told, world }) => {
      let left = 350;
      const cut: Pick<Dispatch, 'fireEvent'> = {
        fireEvent: (event) => (left-- > 0 ? world.dispatch.fireEvent(event) : Promise.reject(new Error('cut'))),
      };
      await begin({}, cut);
      for (let at = 0; at < 1_000; at++) put(`f-${at}`);
      await expect.poll(async () => (await told()).length, wait).toBe(350);
      await end();
      await begin();
      await expect.poll(async () => (await told()).length, { timeout: 50_000, interval: 200 }).toBe(1_000);
      await end();
      expect(new Set(await told()).size).toBe(1_000);
      // What was told and not yet noted when it was cut: at most one batch.
      expect(await world.store.db.$count(deliveries)).toBeLessThanOrEqual(100);
      expect(Object.keys((await readWatch(world.store, 'box'))?.seen ?? {})).toHaveLength(1_000);
    }),
  120_000,
);

test('keepFileWatches() watches one file, which need not be there yet', () =>
  inFolder(async ({ put, begin, told, at, world }) => {
    await begin({ ...all, path: at('flag') });
    expect(await readWatch(world.store, 'box')).toMatchObject({ faulty: false, seen: {} });
    put('other');
    put('flag');
    await expect.poll(told, wait).toEqual(['appears flag']);
    rmSync(at('flag'));
    await expect.poll(told, wait).toEqual(['appears flag', 'vanishes flag']);
  }));

test('keepFileWatches() says once that a folder is gone, and takes none of its files for gone', () =>
  inFolder(async ({ put, begin, told, folder, world, log }) => {
    put('a');
    await begin(all);
    renameSync(folder, `${folder}-away`);
    await expect
      .poll(() => readWatch(world.store, 'box'), wait)
      .toMatchObject({
        ...{ faulty: true, detail: 'the folder is not there' },
      });
    await sleep(2_500);
    renameSync(`${folder}-away`, folder);
    put('b');
    await expect.poll(told, wait).toEqual(['appears b']);
    // The fire comes first, the state follows.
    await expect.poll(() => readWatch(world.store, 'box'), wait).toMatchObject({ faulty: false, detail: '2 files' });
    expect(log.filter((line) => 'detail' in line)).toHaveLength(1);
  }));

test(
  'keepFileWatches() refuses a folder of more than 10,000 entries, and takes one of 10,000',
  () =>
    inFolder(async ({ put, begin, at, world, told, end }) => {
      for (let name = 0; name < 10_001; name++) put(`f-${name}`, '');
      await begin();
      await expect
        .poll(() => readWatch(world.store, 'box'), wait)
        .toMatchObject({
          ...{ faulty: true, detail: 'the folder holds more than 10000 entries' },
        });
      rmSync(at('f-0'));
      await expect
        .poll(() => readWatch(world.store, 'box'), wait)
        .toMatchObject({ faulty: false, detail: '10000 files' });
      await end();
      expect(await told()).toEqual([]);
    }),
  120_000,
);

test('keepFileWatches() follows links inside the folder and none out of it', () =>
  inFolder(async ({ put, begin, told, at }) => {
    put('real');
    writeFileSync(join(root, 'outside'), 'x');
    await begin();
    symlinkSync(join(root, 'outside'), at('out'));
    symlinkSync('/etc/passwd', at('passwd'));
    symlinkSync('loop', at('loop'));
    symlinkSync('real', at('in'));
    mkdirSync(at('folder'));
    await expect.poll(told, wait).toEqual(['appears in']);
    appendFileSync(join(root, 'outside'), 'y');
    put('last');
    await expect.poll(told, wait).toEqual(['appears in', 'appears last']);
  }));

test('keepFileWatches() tells names apart that are no UTF-8', () =>
  inFolder(async ({ begin, told, folder }) => {
    await begin();
    for (const byte of [0xfe, 0xff])
      writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([byte])]), 'x');
    await expect.poll(told, wait).toEqual(['appears \ufffd', 'appears \ufffd']);
  }));

test('keepFileWatches() owes nothing of the time when a trigger was off, and begins anew for another path', () =>
  inFolder(async ({ put, begin, told }) => {
    await begin();
    await begin({}, undefined, { enabled: false });
    put('while-off');
    await begin();
    await sleep(300);
    put('after');
    await expect.poll(told, wait).toEqual(['appears after']);
    await begin({ settle: '60ms' });
    await sleep(300);
    put('later');
    await expect.poll(told, wait).toEqual(['appears after', 'appears later']);
  }));

test('keepFileWatches() leaves a watch alone when something else of its file changes', () =>
  inFolder(async ({ put, begin, told }) => {
    await begin();
    put('a');
    await begin({}, undefined, { priority: 'low' });
    await expect.poll(told, wait).toEqual(['appears a']);
  }));

test('keepFileWatches() keeps names sealed, and out of the log', () =>
  inFolder(async ({ put, begin, told, at, world, log }) => {
    await begin(all);
    put('canary-name.pdf');
    await expect.poll(told, wait).toEqual(['appears canary-name.pdf']);
    rmSync(at('canary-name.pdf'));
    await expect.poll(async () => (await told()).length, wait).toBe(2);
    const rows = JSON.stringify([await world.firesOf('box'), await world.store.db.select().from(triggerStates)]);
    expect(rows).not.toContain('canary-name');
    expect(rows).not.toContain(Buffer.from('canary-name').toString('base64').slice(0, 12));
    expect(JSON.stringify(log)).not.toContain('canary-name');
  }));
