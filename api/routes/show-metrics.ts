import { count, isNull } from 'drizzle-orm';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { cursors } from '../../schemas/db/accounts.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import { effectStates, endings } from '../../schemas/endings.ts';
import { type FireCounts, makeFireCounts } from '../../store/fires/count-fires.ts';
import type { Store } from '../../store/store.ts';
import { hookRequests } from '../count-hooks.ts';
import { latenessLines } from '../lateness-lines.ts';
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
const firesTotal = new Counter({
  name: 'steward_fires_total',
  help: 'Fires that have ended, by ending',
  labelNames: ['ending'],
  registers: [registry],
});
const firesByKind = new Counter({
  name: 'steward_fires_by_kind_total',
  help: 'Fires that have ended, by what set them off and ending',
  labelNames: ['kind', 'ending'],
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
    const fireCounts = await countsOf(store)();
    await readRest(store);
    setFires(fireCounts, store.clock.now());
    const headers = { 'content-type': registry.contentType };
    return { status: 200, body: `${await registry.metrics()}${latenessLines(fireCounts.ended)}`, headers };
  },
});

const countsByStore = new WeakMap<Store['db'], () => Promise<FireCounts>>();

/** What has been counted stays with its database. */
function countsOf(store: Store): () => Promise<FireCounts> {
  const known = countsByStore.get(store.db) ?? makeFireCounts(store);
  countsByStore.set(store.db, known);
  return known;
}

function setFires({ open, oldestOpenAt, ended }: FireCounts, now: Date): void {
  oldestOpen.set(oldestOpenAt === undefined ? 0 : Math.max(0, (now.getTime() - oldestOpenAt.getTime()) / 1000));
  firesByState.set({ state: 'open' }, open);
  firesTotal.reset();
  firesByKind.reset();
  for (const ending of endings) {
    const of = ended.filter((one) => one.ending === ending);
    const total = of.reduce((sum, one) => sum + one.count, 0);
    firesByState.set({ state: ending }, total);
    // The ledger only grows, so what is written anew each time is a counter all the same.
    firesTotal.inc({ ending }, total);
    for (const { kind, count: rows } of of) firesByKind.inc({ kind, ending }, rows);
  }
}

async function readRest({ db }: Store): Promise<void> {
  mailboxes.set(await db.$count(cursors));
  inboxRows.set(await db.$count(inbox));
  inboxWaiting.set(await db.$count(inbox, isNull(inbox.digestId)));
  const effects = await db.select({ state: outbox.state, rows: count() }).from(outbox).groupBy(outbox.state);
  for (const state of effectStates) {
    outboxByState.set({ state }, effects.find((row) => row.state === state)?.rows ?? 0);
  }
}
