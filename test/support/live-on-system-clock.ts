import { createInterface } from 'node:readline';
import { asc } from 'drizzle-orm';
import { systemClock } from '../../schemas/clock.ts';
import { fires } from '../../schemas/db/fires.ts';
import { ensurePerson } from '../../store/ensure-person.ts';
import { keyRing } from '../../store/keys/key-ring.ts';
import { openDatabase } from '../../store/open-database.ts';
import { makeDispatch } from '../../triggers/dispatch.ts';
import { unreachableClient } from './dispatch-world.ts';
import { fileSetOf } from './file-set-of.ts';
import { testRootKeys } from './postgres.ts';

/*
 * Accounts for an hourly schedule once for each line on stdin, by the clock of the machine, and answers with its time
 * and the slots on record. A process of its own, so that libfaketime can move its clock.
 */
const database = openDatabase(process.env.DATABASE_URL!);
const store = { db: database.db, keys: keyRing(testRootKeys()), clock: systemClock };
const files = fileSetOf({
  t: { run: 'noop', when: { every: '1h' }, overlap: 'allow', missed: { policy: 'all', max: 5 } },
});
const person = await ensurePerson(store, 'faked', 'Europe/Berlin');
const dispatch = makeDispatch({
  ...{ store, client: unreachableClient(), files: { current: () => files }, personId: person.id },
  log: { info() {}, warn() {} },
});
for await (const _ of createInterface({ input: process.stdin })) {
  const now = systemClock.now().getTime();
  await dispatch.accountSlots('t');
  const rows = await store.db.select({ slot: fires.slotKey }).from(fires).orderBy(asc(fires.dueAt));
  process.stdout.write(`${JSON.stringify({ now, slots: rows.map((row) => row.slot) })}\n`);
}
await database.close();
