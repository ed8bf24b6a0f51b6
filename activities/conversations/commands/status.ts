import { and, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { type Inline, saying } from '../../../schemas/chat-document.ts';
import { fires } from '../../../schemas/db/fires.ts';
import { outbox } from '../../../schemas/db/outbox.ts';
import { healthStates, incidents } from '../../../schemas/db/records.ts';
import type { Store } from '../../../store/store.ts';
import { counted } from '../../plain-lines.ts';
import { type ChatCommand, toolOf } from '../chat-command.ts';

export const statusCommand: ChatCommand = {
  name: 'status',
  usage: '',
  does: 'Says whether all is well, and what is not.',
  tool: toolOf({ args: z.strictObject({}), words: () => [], effect: false, outside: false }),
  run: async ({ store, files }, { personId }) => {
    const { triggers, channels, faults } = files.current();
    const ill = await store.db.select().from(healthStates).where(eq(healthStates.healthy, false));
    const items: Inline[][] = [
      [`${counted(triggers.size, 'trigger')}, ${counted(channels.size, 'channel')}`],
      ...(await countsOf(store, personId)).map((line) => [line]),
      ...ill.map(({ check, detail }): Inline[] => [{ strong: check }, ` ${detail}`]),
      ...faults.map(({ path, line, message }): Inline[] => [{ code: `${path}:${line}` }, ` ${message}`]),
    ];
    const well = ill.length === 0 && faults.length === 0;
    return [saying(well ? 'All is well.' : 'Not all is well.'), { kind: 'list', items }];
  },
};

async function countsOf({ db }: Store, personId: string): Promise<string[]> {
  const n = sql<number>`count(*)::int`;
  const [open] = await db
    .select({ n })
    .from(fires)
    .where(and(eq(fires.personId, personId), eq(fires.state, 'open')));
  const [waiting] = await db
    .select({ n })
    .from(outbox)
    .where(and(eq(outbox.personId, personId), eq(outbox.state, 'unknown')));
  const [down] = await db
    .select({ n })
    .from(incidents)
    .where(and(eq(incidents.personId, personId), inArray(incidents.state, ['open', 'acknowledged'])));
  return [
    counted(open?.n ?? 0, 'run under way', 'runs under way'),
    ...((waiting?.n ?? 0) > 0
      ? [`${counted(waiting!.n, 'message')} of which nobody knows whether it arrived: steward outbox --state unknown`]
      : []),
    ...((down?.n ?? 0) > 0 ? [counted(down!.n, 'fault of a service is open', 'faults of services are open')] : []),
  ];
}
