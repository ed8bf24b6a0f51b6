import { count, eq, isNull, sql } from 'drizzle-orm';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { cursors } from '../../schemas/db/accounts.ts';
import { fires } from '../../schemas/db/fires.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import { effectStates, endings } from '../../schemas/endings.ts';
import type { Store } from '../../store/store.ts';
import { hookRequests } from '../count-hooks.ts';
import { route } from '../route.ts';

const registry = new Registry();
let collecting = false;
registry.registerMetric(hookRequests);

const firesByState = new Gauge({
  name: 'steward_fires',
  help: 'Fires in the ledger by state: open, or how they ended',
  labelNames: ['state'],
  registers: [registry],
});
const oldestOpen = new Gauge({
  name: 'steward_oldest_open_fire_seconds',
  help: 'Age of the oldest fire without an ending; 0 without one',
  registers: [registry],
});
const inboxRows = new Gauge({ name: 'steward_inbox_rows', help: 'Messages taken in', registers: [registry] });
const inboxWaiting = new Gauge({
  name: 'steward_inbox_undigested_rows',
  help: 'Messages that are in no digest yet',
  registers: [registry],
});
const mailboxes = new Gauge({
  name: 'steward_mailboxes',
  help: 'Mailboxes that have been read at least once',
  registers: [registry],
});
const outboxByState = new Gauge({
  name: 'steward_outbox_rows',
  help: 'Outward effects by state',
  labelNames: ['state'],
  registers: [registry],
});

/** Counts only; names of triggers and accounts are a person's own words and stay out. */
export const showMetrics = route({
  method: 'get',
  path: '/metrics',
  summary: 'Counts for Prometheus; no personal data',
  access: 'open',
  answers: { 200: 'text/plain' },
  handle: async ({ store }) => {
    if (!collecting) {
      // Watching the event loop costs a timer, so it begins when somebody looks.
      collecting = true;
      collectDefaultMetrics({ register: registry, prefix: 'steward_' });
    }
    await readLedger(store);
    const headers = { 'content-type': registry.contentType };
    return { status: 200, body: await registry.metrics(), headers };
  },
});

async function readLedger({ db, clock }: Store): Promise<void> {
  const byState = await db.select({ state: fires.state, rows: count() }).from(fires).groupBy(fires.state);
  for (const state of ['open', ...endings]) {
    firesByState.set({ state }, byState.find((row) => row.state === state)?.rows ?? 0);
  }
  const [oldest] = await db
    .select({ at: sql<string | null>`min(${fires.acceptedAt})` })
    .from(fires)
    .where(eq(fires.state, 'open'));
  oldestOpen.set(oldest?.at == null ? 0 : Math.max(0, (clock.now().getTime() - Date.parse(oldest.at)) / 1000));
  mailboxes.set(await db.$count(cursors));
  inboxRows.set(await db.$count(inbox));
  inboxWaiting.set(await db.$count(inbox, isNull(inbox.digestId)));
  const effects = await db.select({ state: outbox.state, rows: count() }).from(outbox).groupBy(outbox.state);
  for (const state of effectStates) {
    outboxByState.set({ state }, effects.find((row) => row.state === state)?.rows ?? 0);
  }
}
