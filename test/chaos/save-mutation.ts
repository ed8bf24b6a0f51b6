import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Mutation } from './reload-plan.ts';

const writer = fileURLToPath(new URL('./slow-writer.ts', import.meta.url));
const pieceMs = 40;
/** Some editors move the old file aside and then write a new one. */
const awayMs = 20;

/** Brings a mutation to disk as its style says. @returns when the last byte of it was written, as `performance.now()` */
export async function saveMutation(home: string, { lane, what, style, bytes, cut }: Mutation): Promise<number> {
  const path = join(home, 'triggers', `${lane}.yaml`);
  if (what === 'killed') return await killInTheMiddle(path, bytes, cut);
  if (style === 'link') link(home, lane);
  if (style === 'atomic') {
    const swap = join(home, 'triggers', `.${lane}.yaml.swp`);
    writeFileSync(swap, bytes);
    renameSync(swap, path);
  } else if (style === 'backup') {
    renameSync(path, `${path}~`);
    await sleep(awayMs);
    writeFileSync(path, bytes);
  } else if (style === 'pieces') {
    const file = openSync(path, 'w');
    for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
      await sleep(pieceMs);
      writeSync(file, piece);
    }
    closeSync(file);
  } else writeFileSync(path, bytes);
  return performance.now();
}

/** From here on the trigger's file is a link; what is written to it lies in a folder that nobody watches. */
function link(home: string, lane: string): void {
  const path = join(home, 'triggers', `${lane}.yaml`);
  if (lstatSync(path).isSymbolicLink()) return;
  const elsewhere = join(home, 'elsewhere');
  mkdirSync(elsewhere, { recursive: true });
  const target = join(elsewhere, `${lane}.yaml`);
  copyFileSync(path, target);
  const swap = join(home, 'triggers', `.${lane}.link`);
  symlinkSync(target, swap);
  renameSync(swap, path);
}

/** SIGKILL for a process of its own between two pieces of an in-place write. */
async function killInTheMiddle(path: string, bytes: Buffer, cut: number): Promise<number> {
  const child = spawn(process.execPath, [writer, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  await told(child);
  const half = Math.floor(cut / 2);
  for (const piece of [bytes.subarray(0, half), bytes.subarray(half, cut)]) {
    if (piece.length === 0) continue;
    child.stdin!.write(piece);
    await told(child);
    await sleep(pieceMs);
  }
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  return performance.now();
}

const told = (child: ChildProcess) => once(child.stdout!, 'data');
