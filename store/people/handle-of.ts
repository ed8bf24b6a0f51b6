import { eq } from 'drizzle-orm';
import { people } from '../../schemas/db/people.ts';
import type { StoreIn } from '../store.ts';

/** What a person is called in files. Reads only. */
export async function handleOf({ db }: Pick<StoreIn, 'db'>, personId: string): Promise<string | undefined> {
  const [row] = await db.select({ handle: people.handle }).from(people).where(eq(people.id, personId));
  return row?.handle;
}
