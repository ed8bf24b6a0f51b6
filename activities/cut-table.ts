import type { Block } from '../schemas/chat-document.ts';
import { visibleLine } from '../schemas/visible-text.ts';
import { longestFit, wordCutPoint } from './cut-text.ts';
import { plainerBlock } from './plainer-block.ts';

type Table = Extract<Block, { kind: 'table' }>;
type Fits = (piece: Block) => boolean;

/**
 * Cuts a table between rows, with its head on both; a first row that does not fit is cut within a cell, and its rest
 * stands in the same columns.
 *
 * @param alone - whether a piece fits that begins a part; a row for which the head leaves no room there goes on as text
 * @returns undefined where nothing of the first row fits under the head
 */
export function cutTable(table: Table, fits: Fits, alone: Fits): [Block, ...Block[]] | undefined {
  // A piece of nothing but rows without text would be a part without text.
  const rows = table.rows.slice(table.rows.findIndex((row) => row.some((cell) => visibleLine(cell) !== '')));
  const whole = longestFit(rows.length, (count) => fits({ ...table, rows: rows.slice(0, count) }));
  if (whole > 0) return [{ ...table, rows: rows.slice(0, whole) }, ...goOn(table, rows.slice(whole), alone)];
  const [first = [], ...others] = rows;
  const cut = cutRow({ ...table, rows: [first] }, fits);
  return cut && [{ ...table, rows: [cut[0]] }, ...goOn(table, [cut[1], ...others], alone)];
}

function cutRow(table: Table, fits: Fits): [string[], string[]] | undefined {
  const row = (table.rows[0] ?? []).map((cell) => visibleLine(cell)).join('\n');
  const at = wordCutPoint(row, (end) => fits({ ...table, rows: [row.slice(0, end).split('\n')] }));
  const done = row.slice(0, at).split('\n');
  if (done.join('').trim() === '') return undefined;
  return [done, [...done.slice(1).map(() => ''), ...row.slice(at).split('\n')]];
}

function goOn(table: Table, rows: Table['rows'], alone: Fits): Block[] {
  const begins = rows.findIndex((row) => {
    const first = { ...table, rows: [row] };
    return alone(first) || cutRow(first, alone) !== undefined;
  });
  const barred = begins < 0 ? rows : rows.slice(0, begins);
  const text = plainerBlock({ kind: 'table', head: [], rows: barred }) ?? [];
  return begins < 0 ? text : [...text, { ...table, rows: rows.slice(begins) }];
}
