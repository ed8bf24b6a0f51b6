import { and, eq, sql } from 'drizzle-orm';
import { configFiles, events } from '../../schemas/db/records.ts';
import type { FileKind } from '../../schemas/file-set.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';
import type { Loaded } from './load-files.ts';

/** Last good texts by `<kind>/<name>`. */
export type GoodTexts = ReadonlyMap<string, string>;

const goodPlace = (kind: FileKind, name: string) => ({
  table: 'config_files',
  row: `${kind}/${name}`,
  column: 'good_text',
});
const rowsPerInsert = 100;

/** The last good text of every file, opened. A restart begins with these. */
export async function readGood(store: Store): Promise<GoodTexts> {
  const rows = await store.db.select().from(configFiles);
  return new Map(
    rows.flatMap(({ kind, name, goodText }) =>
      goodText === null ? [] : [[`${kind}/${name}`, store.keys.openSystem(goodPlace(kind, name), goodText)] as const],
    ),
  );
}

/** The last good texts after a reading: what is good now, and what was good before where it is not. */
export function goodAfter({ files }: Loaded, before: GoodTexts): GoodTexts {
  return new Map(
    files.flatMap(({ file: { kind, name, text }, fault }) => {
      const key = `${kind}/${name}`;
      const good = fault === undefined ? text : before.get(key);
      return good === undefined ? [] : [[key, good] as const];
    }),
  );
}

/** Stores each good text, sealed, and each fault; forgets files that are gone. Writes only what differs. */
export async function keepGood(store: Store, { files }: Loaded): Promise<void> {
  await inTransaction(store, async (inside) => {
    const rows = new Map((await inside.db.select().from(configFiles)).map((row) => [`${row.kind}/${row.name}`, row]));
    const changed: (typeof configFiles.$inferInsert)[] = [];
    const told: { key: string; type: string; line: number }[] = [];
    const updatedAt = inside.clock.now();
    for (const { file, hash, fault } of files) {
      const { kind, name } = file;
      const key = `${kind}/${name}`;
      const row = rows.get(key);
      rows.delete(key);
      const seen = fault === undefined ? row?.goodHash === hash && row.brokenHash === null : row?.brokenHash === hash;
      if (seen) continue;
      if (fault === undefined) {
        const goodText = inside.keys.sealSystem(goodPlace(kind, name), file.text ?? '');
        changed.push({ kind, name, goodHash: hash, goodText, brokenHash: null, fault: null, updatedAt });
      } else {
        const { line, column, message } = fault;
        const good = { goodHash: row?.goodHash ?? null, goodText: row?.goodText ?? null };
        changed.push({ kind, name, ...good, brokenHash: hash, fault: { line, column, message }, updatedAt });
      }
      told.push({ key, type: fault === undefined ? 'file.taken' : 'file.broken', line: fault?.line ?? 1 });
    }
    for (let from = 0; from < changed.length; from += rowsPerInsert) {
      await upsert(inside, changed.slice(from, from + rowsPerInsert));
    }
    for (const { kind, name } of rows.values()) {
      await inside.db.delete(configFiles).where(and(eq(configFiles.kind, kind), eq(configFiles.name, name)));
      told.push({ key: `${kind}/${name}`, type: 'file.gone', line: 1 });
    }
    for (let from = 0; from < told.length; from += rowsPerInsert) {
      const page = told.slice(from, from + rowsPerInsert).map(({ key, type, line }) => ({
        ...{ at: updatedAt, aggregate: 'file', aggregateId: key, type, data: { line } },
      }));
      await inside.db.insert(events).values(page);
    }
  });
}

async function upsert(inside: StoreIn, rows: (typeof configFiles.$inferInsert)[]): Promise<void> {
  await inside.db
    .insert(configFiles)
    .values(rows)
    .onConflictDoUpdate({
      target: [configFiles.kind, configFiles.name],
      set: {
        goodHash: sql`excluded.good_hash`,
        goodText: sql`excluded.good_text`,
        brokenHash: sql`excluded.broken_hash`,
        fault: sql`excluded.fault`,
        updatedAt: sql`excluded.updated_at`,
      },
    });
}
