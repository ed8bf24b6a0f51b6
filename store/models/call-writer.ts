import { sql } from 'drizzle-orm';
import { modelCalls } from '../../schemas/db/model-calls.ts';
import type { StoreIn } from '../store.ts';

export type CallRow = typeof modelCalls.$inferInsert;
/** What a call came to. */
export type CallEnd = Pick<CallRow, 'outcome' | 'inputTokens' | 'outputTokens' | 'cost' | 'firstMs' | 'tookMs'>;

/** Writes the record of calls beside the calls themselves. */
export interface CallWriter {
  /** A call begins; its row is there some milliseconds later. */
  begin(row: CallRow): void;
  /** A call has ended, whose row is there or on its way. */
  end(id: string, ended: CallEnd): void;
  /** Resolves when all that was said is written. */
  idle(): Promise<void>;
}

const everyMs = 20;
const mostRows = 500;

/**
 * Makes a writer that gathers what is said within 20 ms into one statement: a row a call would cost more than all the
 * rest of the router.
 *
 * @param onError - told when a batch could not be written; it is tried again with the next one, up to `mostRows` rows
 */
export function makeCallWriter({ db }: Pick<StoreIn, 'db'>, onError: (error: unknown) => void): CallWriter {
  let begun = new Map<string, CallRow>();
  let ended = new Map<string, CallEnd>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const flush = async () => {
    timer = undefined;
    const rows = begun;
    const ends = ended;
    begun = new Map();
    ended = new Map();
    for (const [id, row] of rows) {
      const end = ends.get(id);
      if (end === undefined) continue;
      rows.set(id, { ...row, ...end });
      ends.delete(id);
    }
    try {
      if (rows.size > 0)
        await db
          .insert(modelCalls)
          .values([...rows.values()])
          .onConflictDoNothing();
      rows.clear();
      if (ends.size > 0) await update(ends);
    } catch (error) {
      onError(error);
      for (const [id, row] of [...rows].slice(-mostRows)) begun.set(id, row);
      for (const [id, end] of [...ends].slice(-mostRows)) ended.set(id, end);
    }
  };
  const update = async (ends: ReadonlyMap<string, CallEnd>) => {
    const all = [...ends.values()];
    const column = <T>(of: (end: CallEnd) => T) => sql.param(all.map(of));
    await db.execute(sql`
      update ${modelCalls} set outcome = ended.outcome, input_tokens = ended.input, output_tokens = ended.output,
        cost = ended.cost, first_ms = ended.first, took_ms = ended.took
      from unnest(${sql.param([...ends.keys()])}::text[], ${column((end) => end.outcome)}::text[],
        ${column((end) => end.inputTokens)}::int[], ${column((end) => end.outputTokens)}::int[],
        ${column((end) => end.cost)}::float8[], ${column((end) => end.firstMs)}::int[], ${column((end) => end.tookMs)}::int[])
        as ended(id, outcome, input, output, cost, first, took)
      where ${modelCalls.id} = ended.id`);
  };
  const soon = () => {
    timer ??= setTimeout(() => {
      writing = writing.then(flush);
    }, everyMs);
  };
  return {
    begin: (row) => {
      begun.set(row.id, row);
      soon();
    },
    end: (id, end) => {
      ended.set(id, end);
      soon();
    },
    idle: async () => {
      if (timer !== undefined) {
        clearTimeout(timer);
        writing = writing.then(flush);
      }
      await writing;
    },
  };
}
