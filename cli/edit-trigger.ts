import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { StewardError } from '../schemas/errors.ts';
import type { Edited } from '../schemas/file-set.ts';
import { homeRoot } from './home-root.ts';
import { exitCodes, paint, printResult } from './print.ts';
import { checkTrigger, openEdits } from './trigger-edits.ts';

type Faults = Extract<Edited, { outcome: 'invalid' }>['faults'];

/** `steward trigger check`, `put`, `edit` and `remove`. */
export function addEditing(trigger: Command): void {
  const name = ['<name>', 'the file’s name without its ending'] as const;
  trigger
    .command('check')
    .description('say everything that is wrong in trigger files; needs no home and no running Steward')
    .argument('<file...>', 'trigger files anywhere')
    .action(check);
  trigger
    .command('put')
    .description('write a trigger from a file, if it can be used; a running Steward has it in force at once')
    .argument('<file>', 'a trigger file anywhere')
    .option('--name <name>', 'what the trigger is to be called; the file’s own name when left out')
    .option('--force', 'replace a trigger of that name')
    .action(put);
  trigger
    .command('edit')
    .description('change a trigger in $VISUAL or $EDITOR')
    .argument(...name)
    .action(edit);
  trigger
    .command('remove')
    .description('remove a trigger’s file; what runs goes on')
    .argument(...name)
    .action(remove);
}

function check(files: string[]): void {
  const checked = files.map((file) => ({ file, faults: faultsIn(file) }));
  printResult(checked, () =>
    checked
      .map(({ file, faults }) => (faults.length === 0 ? `${file}: nothing is wrong` : describeFaults(file, faults)))
      .join('\n'),
  );
  if (checked.some(({ faults }) => faults.length > 0)) process.exitCode = exitCodes.failed;
}

function faultsIn(file: string): Faults {
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    if (error instanceof StewardError) return [{ line: 1, column: 1, message: error.message }];
    throw error;
  }
  const parsed = checkTrigger(homeOf(file), nameOf(file), text);
  return parsed.ok ? [] : parsed.faults.map(({ line, column, message }) => ({ line, column, message }));
}

/** A file in a folder `triggers` belongs to the home around it. */
function homeOf(file: string): string {
  const folder = dirname(resolve(file));
  return basename(folder) === 'triggers' ? dirname(folder) : homeRoot();
}

async function put(file: string, options: { name?: string; force?: true }): Promise<void> {
  const name = options.name ?? nameOf(file);
  const text = readText(file);
  const edits = openEdits();
  const found = await edits.read(name);
  const same = found?.bytes.equals(Buffer.from(text)) === true;
  if (found !== undefined && !same && options.force !== true) {
    throw new StewardError('badInput', `There is a trigger ${name} with another text; --force replaces it`);
  }
  const edited = await edits.write(name, text, found === undefined ? 'new' : same ? [found.hash] : 'any');
  if (edited.outcome === 'invalid') {
    process.exitCode = exitCodes.failed;
    return printResult({ faults: edited.faults }, () => describeFaults(file, edited.faults));
  }
  if (edited.outcome === 'changed') throw new StewardError('changedMeanwhile', `${edited.path} changed meanwhile`);
  printEdited(name, edited, edits.inForce());
}

async function edit(name: string): Promise<void> {
  const edits = openEdits();
  const found = await edits.read(name);
  if (found === undefined) throw new StewardError('notFound', `There is no file of a trigger "${name}"`);
  const folder = mkdtempSync(join(tmpdir(), 'steward-edit-'));
  const copy = join(folder, `${name}.yaml`);
  writeFileSync(copy, found.bytes, { mode: 0o600 });
  const untouched = () => !existsSync(copy) || readFileSync(copy).equals(found.bytes);
  let settled = false;
  try {
    for (;;) {
      openEditor(copy);
      settled = untouched();
      if (settled) return printResult({ name, changed: false }, `${name}: nothing was changed`);
      const edited = await edits.write(name, readText(copy), [found.hash]);
      if (edited.outcome === 'changed') {
        throw new StewardError('changedMeanwhile', `${edited.path} changed while it was edited here`);
      }
      settled = edited.outcome !== 'invalid';
      if (edited.outcome !== 'invalid') return printEdited(name, edited, edits.inForce());
      process.stderr.write(`${describeFaults(copy, edited.faults)}\n`);
      if (!(await wantsAgain())) throw new StewardError('fileInvalid', 'The text cannot be used; nothing was changed');
    }
  } finally {
    if (settled || untouched()) rmSync(folder, { recursive: true });
    else process.stderr.write(`The edited text is kept in ${copy}\n`);
  }
}

async function remove(name: string): Promise<void> {
  const edits = openEdits();
  const found = await edits.read(name);
  if (found === undefined) throw new StewardError('notFound', `There is no file of a trigger "${name}"`);
  const edited = await edits.remove(name, [found.hash]);
  if (edited.outcome === 'changed') throw new StewardError('changedMeanwhile', `${edited.path} changed meanwhile`);
  printResult({ name, path: edited.path }, `${edited.path} is removed`);
}

/** The words may hold arguments, such as `code --wait`. */
function openEditor(path: string): void {
  const editor = process.env.VISUAL || process.env.EDITOR || (process.stdin.isTTY ? 'vi' : undefined);
  if (editor === undefined) throw new StewardError('badInput', 'Neither VISUAL nor EDITOR names an editor');
  const { status, error } = spawnSync('sh', ['-c', `${editor} "$@"`, editor, path], { stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new StewardError('badInput', `The editor ended with status ${status}; nothing was changed`);
}

function wantsAgain(): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((done) => {
    lines.once('close', () => done(false));
    lines.question('Edit it again? [Y/n] ', (answer) => {
      done(!/^n/i.test(answer.trim()));
      lines.close();
    });
  });
}

function printEdited(name: string, edited: Edited, inForce: boolean): void {
  const words = inForce ? 'in force' : 'written; no Steward runs, so it waits for the next start';
  printResult({ name, ...edited, inForce }, `${edited.path}: ${words}`);
}

const describeFaults = (file: string, faults: Faults) =>
  faults.map(({ line, column, message }) => `${paint('red', `${file}:${line}:${column}`)}: ${message}`).join('\n');

const nameOf = (file: string) => basename(file).replace(/\.ya?ml$/i, '');

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws notFound, fileInvalid */
function readText(path: string): string {
  try {
    return utf8.decode(readFileSync(path));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw new StewardError('notFound', `There is no file ${path}`);
    throw new StewardError('fileInvalid', `${path} cannot be read, or is not UTF-8`, { cause });
  }
}
