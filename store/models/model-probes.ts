import { createHash } from 'node:crypto';
import { modelProbes } from '../../schemas/db/model-probes.ts';
import type { FoundCan } from '../../schemas/model-desk.ts';
import { type ModelEntry, placeOfModel } from '../../schemas/models-file.ts';
import type { StoreIn } from '../store.ts';

/** Which model an entry names, whatever else it says of it. Pure. */
export const modelPrint = (entry: ModelEntry): string => {
  const path = entry.type === 'ollama' ? (entry.path ?? null) : null;
  const named = [entry.type, placeOfModel(entry), entry.model ?? null, path];
  return createHash('sha256').update(JSON.stringify(named)).digest('base64url').slice(0, 22);
};

/** What was found of each model; nothing of one that another entry stands for now. Reads only. */
export async function readProbes(
  { db }: Pick<StoreIn, 'db'>,
  entries: readonly ModelEntry[],
): Promise<ReadonlyMap<string, FoundCan>> {
  const rows = await db.select().from(modelProbes);
  const found = new Map(rows.map(({ model, print, can }) => [`${model} ${print}`, can]));
  return new Map(
    entries.flatMap((entry) => {
      const can = found.get(`${entry.name} ${modelPrint(entry)}`);
      return can === undefined ? [] : [[entry.name, can] as const];
    }),
  );
}

/** Keeps what was found of a model. The newest stays. */
export async function keepProbe({ db, clock }: StoreIn, entry: ModelEntry, can: FoundCan): Promise<void> {
  const row = { model: entry.name, print: modelPrint(entry), can, at: clock.now() };
  await db
    .insert(modelProbes)
    .values(row)
    .onConflictDoUpdate({ target: [modelProbes.model, modelProbes.print], set: { can, at: row.at } });
}
