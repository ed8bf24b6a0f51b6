import { and, asc, count, desc, eq, gt, inArray, isNotNull, lte, ne } from 'drizzle-orm';
import { accounts } from '../../schemas/db/accounts.ts';
import { fires } from '../../schemas/db/fires.ts';
import { reports } from '../../schemas/db/inbox.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import { approvals, healthStates, incidents } from '../../schemas/db/records.ts';
import { failures } from '../../schemas/errors.ts';
import type { FileSet } from '../../schemas/file-set.ts';
import type { Report, TriggerTally, Trouble, Waiting } from '../../schemas/report.ts';
import type { Store } from '../store.ts';
import { readSteering } from '../triggers/steer-state.ts';
import { gatherAbsences } from './gather-absences.ts';
import { gatherMemory } from './gather-memory.ts';

const mostTroubles = 20;
const firstReportHours = 24;

/** All that a report tells but the mail: what ran and did not since the last one, health, and what waits. Reads only. */
export async function gatherReport(
  store: Store,
  files: Pick<FileSet, 'faults' | 'triggers'>,
  { personId, fireId }: { personId: string; fireId: string },
): Promise<Omit<Report, 'reportId' | 'digestId' | 'mails' | 'older'>> {
  const now = store.clock.now();
  const since = await sinceLast(store, personId, now);
  // Not the arguments: they are sealed, may be large, and are told nowhere.
  const { id, trigger, state, reason, dueAt } = fires;
  const ended = await store.db
    .select({ id, trigger, state, reason, dueAt })
    .from(fires)
    .where(
      and(eq(fires.personId, personId), isNotNull(fires.endedAt), gt(fires.endedAt, since), lte(fires.endedAt, now)),
    )
    .orderBy(asc(fires.dueAt));
  // The report's own fire is open while it is being made.
  const [running] = await store.db
    .select({ n: count() })
    .from(fires)
    .where(and(eq(fires.personId, personId), eq(fires.state, 'open'), ne(fires.id, fireId)));
  const troubles = ended.flatMap(troubleOf);
  const { memory, waiting } = await gatherMemory(store, { personId, since });
  const health = await store.db.select().from(healthStates).orderBy(asc(healthStates.check));
  return {
    madeAt: now.toISOString(),
    since: since.toISOString(),
    ran: tally(ended),
    troubles: troubles.slice(-mostTroubles),
    moreTroubles: Math.max(0, troubles.length - mostTroubles),
    running: running?.n ?? 0,
    health: health.map(({ check, healthy, detail, since: at }) => ({
      check,
      healthy,
      detail,
      since: at.toISOString(),
    })),
    waiting: [...(await waitingFor(store, files, personId)), ...waiting],
    ...(memory === undefined ? {} : { memory }),
    ...(await gatherAbsences(store, { personId, fireId, since })),
  };
}

async function sinceLast(store: Store, personId: string, now: Date): Promise<Date> {
  const [last] = await store.db
    .select({ at: reports.madeAt })
    .from(reports)
    .where(eq(reports.personId, personId))
    .orderBy(desc(reports.madeAt))
    .limit(1);
  return last?.at ?? new Date(now.getTime() - firstReportHours * 3_600_000);
}

type EndedFire = Pick<typeof fires.$inferSelect, 'id' | 'trigger' | 'state' | 'reason' | 'dueAt'>;

function tally(ended: readonly EndedFire[]): TriggerTally[] {
  const tallies = new Map<string, { trigger: string; ran: number; late: number }>();
  for (const { trigger, state } of ended) {
    if (state !== 'ran' && state !== 'ranLate') continue;
    const one = tallies.get(trigger) ?? { trigger, ran: 0, late: 0 };
    one.ran += 1;
    if (state === 'ranLate') one.late += 1;
    tallies.set(trigger, one);
  }
  return [...tallies.values()].sort((a, b) => (a.trigger < b.trigger ? -1 : 1));
}

function troubleOf({ id, trigger, state, dueAt, reason }: EndedFire): Trouble[] {
  if (state === 'open' || state === 'ran' || state === 'ranLate') return [];
  return [{ fireId: id, trigger, ending: state, dueAt: dueAt.toISOString(), reason: reason ?? 'no reason on record' }];
}

async function waitingFor(
  store: Store,
  { faults, triggers }: Pick<FileSet, 'faults' | 'triggers'>,
  personId: string,
): Promise<Waiting[]> {
  const approvalRows = await store.db
    .select()
    .from(approvals)
    .where(and(eq(approvals.personId, personId), eq(approvals.state, 'waiting')));
  const effects = await store.db
    .select()
    .from(outbox)
    .where(and(eq(outbox.personId, personId), inArray(outbox.state, ['unknown', 'failed'])))
    .orderBy(desc(outbox.createdAt))
    .limit(mostTroubles);
  const resting = await store.db
    .select()
    .from(accounts)
    .where(and(eq(accounts.personId, personId), eq(accounts.state, 'resting')));
  const open = await store.db
    .select()
    .from(incidents)
    .where(and(eq(incidents.personId, personId), inArray(incidents.state, ['open', 'acknowledged'])));
  const steering = await readSteering(store);
  return [
    ...approvalRows.map(
      (row): Waiting => ({
        ...{ kind: 'approval', what: row.id, why: 'waits for your word', since: row.createdAt.toISOString() },
        remedy: `Decide before ${row.expiresAt.toISOString()}; after that it is a no`,
      }),
    ),
    ...effects.map(
      (row): Waiting => ({
        kind: row.state === 'unknown' ? 'unknown' : 'failed',
        what: `${row.kind} ${row.id}`,
        why: row.result?.detail ?? 'no detail on record',
        since: row.createdAt.toISOString(),
        remedy:
          row.state === 'unknown'
            ? 'It may have arrived; it is not sent again'
            : row.kind === 'call'
              ? 'The far side did not do it; see to the service by hand'
              : failures.mailRefused.remedy,
      }),
    ),
    ...resting.map(
      (row): Waiting => ({
        ...{
          kind: 'account',
          what: row.name,
          why: row.reason ?? 'the login was refused',
          since: row.updatedAt.toISOString(),
        },
        remedy: failures.mailLoginRefused.remedy,
      }),
    ),
    ...open.map(
      ({ id, service, state, openedAt }): Waiting => ({
        ...{ kind: 'incident', what: service, since: openedAt.toISOString() },
        why: state === 'open' ? 'has a fault, and nobody has acknowledged it' : 'has a fault that was acknowledged',
        remedy: `\`steward incidents show ${id}\` tells what was done`,
      }),
    ),
    ...[...steering].flatMap(([name, { paused }]): Waiting[] => {
      if (paused === undefined || !triggers.has(name)) return [];
      const { by, since, reason } = paused;
      const why = `paused by ${by}${reason === undefined ? '' : `: ${reason}`}`;
      const remedy = `\`steward trigger resume ${name}\` lets it run again`;
      return [{ kind: 'trigger', what: `trigger ${name}`, why, since: since.toISOString(), remedy }];
    }),
    ...faults.map(
      (fault): Waiting => ({
        ...{ kind: 'file', what: `${fault.path}:${fault.line}:${fault.column}`, why: fault.message },
        remedy: fault.lastGoodInForce ? failures.fileInvalid.remedy : 'Correct the file; nothing of it is in force',
      }),
    ),
  ];
}
