import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { listSources } from './read-exports.ts';

const root = resolve(import.meta.dirname, '..');
const folders = 'schemas store triggers workflows activities workers api cli checks bench test'.split(' ');

const row = (cells: readonly (string | number)[]) =>
  cells.map((cell, at) => (at === 0 ? `${cell}`.padEnd(12) : `${cell}`.padStart(8))).join('');

console.log(row(['folder', 'files', 'lines', 'median', 'p90', 'max']));
for (const folder of folders) {
  const sizes = listSources(root, folder)
    .map((file) => readFileSync(join(root, file), 'utf8').split('\n').length - 1)
    .sort((a, b) => a - b);
  const at = (share: number) => sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * share))] ?? 0;
  const lines = sizes.reduce((sum, size) => sum + size, 0);
  console.log(row([folder, sizes.length, lines, at(0.5), at(0.9), at(1)]));
}
