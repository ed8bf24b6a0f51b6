import { fires } from '../schemas/db/fires.ts';
import type { Ending } from '../schemas/endings.ts';
import type { FileSet } from '../schemas/file-set.ts';
import { appendEvent } from '../store/append-event.ts';
import { type FireRow, fireRow, keepPayload, type NewFire } from '../store/fires/open-fire.ts';
import type { StoreIn } from '../store/store.ts';
import { follows } from './followers.ts';

/** Writes the row of a fire that ends at once, with its reason. Call it inside a transaction. */
export async function recordEnded(
  inside: StoreIn,
  files: Pick<FileSet, 'triggers'>,
  fire: NewFire,
  state: Extract<Ending, 'skipped' | 'failed'>,
  reason: string,
): Promise<FireRow> {
  const at = inside.clock.now();
  const row = { ...fireRow(inside, fire, at), state, reason, endedAt: at };
  const followed = !follows(files, { ...row, outcome: null, policy: fire.policy ?? null }, state, at);
  const [made] = await inside.db
    .insert(fires)
    .values({ ...row, followed })
    .returning();
  await keepPayload(inside, made!, fire.payload);
  await appendEvent(inside, {
    ...{ aggregate: 'fire', aggregateId: made!.id, type: `fire.${state}`, personId: made!.personId },
    data: { trigger: fire.trigger },
  });
  return made!;
}
