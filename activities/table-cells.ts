import { visibleLine } from '../schemas/visible-text.ts';

/**
 * The cells of a table as lines of text, each row as wide as the widest; a row without text is gone.
 *
 * @returns `head` undefined where no column has a name; `columns` 0 where nothing is left
 */
export function tableCells(table: {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}): { columns: number; head: string[] | undefined; rows: string[][] } {
  const clean = [table.head, ...table.rows].map((row) => row.map((cell) => visibleLine(cell)));
  const columns = Math.max(0, ...clean.map((row) => row.findLastIndex((cell) => cell !== '') + 1));
  const even = clean.map((row) => Array.from({ length: columns }, (_, at) => row[at] ?? ''));
  const [head, ...rows] = even;
  return {
    columns,
    head: head?.some((cell) => cell !== '') ? head : undefined,
    rows: rows.filter((row) => row.some((cell) => cell !== '')),
  };
}
