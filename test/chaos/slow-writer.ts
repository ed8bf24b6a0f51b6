/**
 * An editor that saves slowly: opens a file, which empties it, and writes what it reads from stdin as it comes. It tells
 * after each piece, so that whoever started it can kill it between two.
 */
import { openSync, writeSync } from 'node:fs';

const file = openSync(process.argv[2]!, 'w');
process.stdout.write('open\n');
for await (const piece of process.stdin) {
  writeSync(file, piece as Buffer);
  process.stdout.write('wrote\n');
}
