// - What is wrong in a file is said with line and column before anything is written, with and without a running Steward.
// - What somebody else changed meanwhile is never overwritten unasked, and a text that was typed is never lost.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EditWorld, editWorld, goodTrigger, runSteward } from '../../support/edit-world.ts';

const bad = 'run: noop\nwhen: { schedule: "0 8 * * *" }\nmissed: { policy: none }\npriority: urgnet\noverlap: skp\n';
let world: EditWorld;
let folder: string;
beforeAll(async () => {
  world = await editWorld();
  folder = mkdtempSync(join(tmpdir(), 'edit-cli-'));
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** An editor that is a shell script; `$1` is the file. */
function editor(name: string, script: string): { EDITOR: string } {
  const path = file(name, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o700);
  return { EDITOR: path };
}
const kept = (err: string) => /The edited text is kept in (\S+)/.exec(err)?.[1] ?? '';
const schedule = (name: string) => world.files.current().triggers.get(name)?.when;

test('steward trigger check says every fault of every file, without a home and a running Steward', async () => {
  const [right, wrong] = [file('right.yaml', goodTrigger()), file('wrong.yaml', bad)];
  const none = join(folder, 'none.yaml');
  const checked = await runSteward(['trigger', 'check', right, wrong, none]);
  expect(checked.code).toBe(1);
  expect(checked.out.split('\n')).toEqual([
    `${right}: nothing is wrong`,
    expect.stringContaining(`${wrong}:5:10: overlap is "skp"`),
    expect.stringContaining(`${wrong}:4:11: priority is "urgnet"`),
    `${none}:1:1: There is no file ${none}`,
    '',
  ]);
  const asJson = await runSteward(['trigger', 'check', wrong, '--json']);
  expect(JSON.parse(asJson.out)[0].faults).toMatchObject([{ line: 5 }, { line: 4 }]);
  expect(await runSteward(['trigger', 'check', right])).toMatchObject({ code: 0, err: '' });
});

test('steward trigger check knows the flows of the home around the file', async () => {
  const text = goodTrigger().replace('noop', 'water-plants');
  const inHome = file('home/triggers/plants.yaml', text);
  file('home/workflows/water-plants.ts', 'export async function waterPlants() {}\n');
  expect(await runSteward(['trigger', 'check', inHome])).toMatchObject({ code: 0 });
  const alone = await runSteward(['trigger', 'check', file('plants.yaml', text)]);
  expect(alone).toMatchObject({ code: 1, out: expect.stringContaining('plants.yaml:1:6: run is "water-plants"') });
});

test('steward trigger put writes through the API, and replaces another text only with --force', async () => {
  const path = file('post.yaml', goodTrigger());
  expect(await world.steward(['trigger', 'put', path])).toMatchObject({
    code: 0,
    out: 'triggers/post.yaml: in force\n',
  });
  expect(schedule('post')).toMatchObject({ schedule: '0 8 * * *' });
  expect(await world.steward(['trigger', 'put', path])).toMatchObject({ code: 0 });
  writeFileSync(path, goodTrigger('0 9 * * *'));
  const refused = await world.steward(['trigger', 'put', path]);
  expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('There is a trigger post with another text') });
  expect(schedule('post')).toMatchObject({ schedule: '0 8 * * *' });
  expect(await world.steward(['trigger', 'put', path, '--force'])).toMatchObject({ code: 0 });
  expect(schedule('post')).toMatchObject({ schedule: '0 9 * * *' });
  expect(await world.steward(['trigger', 'put', path, '--name', 'second'])).toMatchObject({ code: 0 });
  expect(world.read('triggers/second.yaml')).toBe(goodTrigger('0 9 * * *'));
  const broken = await world.steward(['trigger', 'put', file('post.yaml', bad), '--force']);
  expect(broken).toMatchObject({ code: 1, out: expect.stringContaining('post.yaml:5:10: overlap is "skp"') });
  expect(world.read('triggers/post.yaml')).toBe(goodTrigger('0 9 * * *'));
  expect(await world.steward(['trigger', 'put', path, '--name', '../out'])).toMatchObject({ code: 2 });
  expect(existsSync(join(world.home, 'out.yaml'))).toBe(false);
});

test('steward trigger edit puts what the editor saved in force, and leaves no copy', async () => {
  world.write('triggers/edited.yaml', goodTrigger());
  await world.files.reload();
  const seen = join(folder, 'seen');
  const saving = editor('saving', `echo "$1" > ${seen}; sed -i 's/0 8/0 7/' "$1"`);
  const edited = await world.steward(['trigger', 'edit', 'edited'], { env: saving });
  expect(edited).toMatchObject({ code: 0, out: 'triggers/edited.yaml: in force\n', err: '' });
  expect(schedule('edited')).toMatchObject({ schedule: '0 7 * * *' });
  expect(existsSync(readFileSync(seen, 'utf8').trim())).toBe(false);
  const same = await world.steward(['trigger', 'edit', 'edited'], { env: { EDITOR: 'true --wait' } });
  expect(same).toMatchObject({ code: 0, out: 'edited: nothing was changed\n' });
  expect(await world.steward(['trigger', 'edit', 'edited'], { env: { EDITOR: 'false' } })).toMatchObject({ code: 2 });
  expect(await world.steward(['trigger', 'edit', 'edited'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('Neither VISUAL nor EDITOR'),
  });
  expect(await world.steward(['trigger', 'edit', 'nobody'], { env: saving })).toMatchObject({ code: 1 });
});

test('steward trigger edit shows faults and asks: edit again, or give up and keep the text', async () => {
  world.write('triggers/twice.yaml', goodTrigger());
  await world.files.reload();
  const mending = editor(
    'mending',
    `grep -q urgnet "$1" && sed -i 's/urgnet/urgent/' "$1" || echo 'priority: urgnet' >> "$1"`,
  );
  const again = await world.steward(['trigger', 'edit', 'twice'], { env: mending, stdin: 'y\n' });
  expect(again).toMatchObject({ code: 0, out: expect.stringContaining('in force') });
  expect(again.err).toContain('twice.yaml:4:11: priority is "urgnet"');
  expect(world.read('triggers/twice.yaml')).toBe(`${goodTrigger()}priority: urgent\n`);
  const breaking = editor('breaking', `echo 'until: never' >> "$1"`);
  for (const stdin of ['n\n', '']) {
    const givenUp = await world.steward(['trigger', 'edit', 'twice'], { env: breaking, stdin });
    expect(givenUp.code).toBe(1);
    expect(readFileSync(kept(givenUp.err), 'utf8')).toContain('until: never');
    rmSync(dirname(kept(givenUp.err)), { recursive: true });
  }
  expect(world.read('triggers/twice.yaml')).toBe(`${goodTrigger()}priority: urgent\n`);
});

test('steward trigger edit keeps both texts where the file changed meanwhile', async () => {
  world.write('triggers/shared.yaml', goodTrigger());
  await world.files.reload();
  const theirs = goodTrigger('0 6 * * *');
  const path = join(world.home, 'triggers/shared.yaml');
  const slow = editor('slow', `sed -i 's/0 8/0 7/' "$1"; sed -i 's/0 8/0 6/' ${path}`);
  const edited = await world.steward(['trigger', 'edit', 'shared'], { env: slow });
  expect(edited).toMatchObject({ code: 1, err: expect.stringContaining('changed while it was edited here') });
  expect(world.read('triggers/shared.yaml')).toBe(theirs);
  expect(readFileSync(kept(edited.err), 'utf8')).toBe(goodTrigger('0 7 * * *'));
  rmSync(dirname(kept(edited.err)), { recursive: true });
});

test('steward trigger remove takes the file away, and says what is not there', async () => {
  world.write('triggers/old.yaml', goodTrigger());
  await world.files.reload();
  expect(await world.steward(['trigger', 'remove', 'old'])).toMatchObject({
    code: 0,
    out: 'triggers/old.yaml is removed\n',
  });
  expect(world.files.current().triggers.has('old')).toBe(false);
  expect(await world.steward(['trigger', 'remove', 'old'])).toMatchObject({ code: 1 });
});

test('steward trigger put, edit and remove work on the disk where no Steward runs, with the same validation', async () => {
  const home = join(folder, 'still');
  mkdirSync(home);
  const env = { STEWARD_HOME: home };
  const path = file('quiet.yaml', goodTrigger());
  const put = await runSteward(['trigger', 'put', path], env);
  expect(put).toMatchObject({ code: 0, out: expect.stringContaining('waits for the next start') });
  const target = join(home, 'triggers/quiet.yaml');
  expect(readFileSync(target, 'utf8')).toBe(goodTrigger());
  const broken = await runSteward(['trigger', 'put', file('quiet.yaml', bad), '--force'], env);
  expect(broken).toMatchObject({ code: 1, out: expect.stringContaining('quiet.yaml:4:11') });
  expect(readFileSync(target, 'utf8')).toBe(goodTrigger());
  const saving = editor('saving-here', `sed -i 's/0 8/0 7/' "$1"`);
  expect(await runSteward(['trigger', 'edit', 'quiet'], { ...env, ...saving })).toMatchObject({ code: 0 });
  expect(readFileSync(target, 'utf8')).toBe(goodTrigger('0 7 * * *'));
  expect(await runSteward(['trigger', 'remove', 'quiet'], env)).toMatchObject({ code: 0 });
  expect(existsSync(target)).toBe(false);
  // Where an address is named, or no home is there, nothing is written anywhere.
  const elsewhere = { ...env, STEWARD_API_URL: 'http://127.0.0.1:1' };
  expect((await runSteward(['trigger', 'put', file('quiet.yaml', goodTrigger())], elsewhere)).code).not.toBe(0);
  expect(await runSteward(['trigger', 'put', path])).toMatchObject({ code: 3 });
  expect(existsSync(target)).toBe(false);
});
