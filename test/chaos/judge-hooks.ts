import { Connection } from '@temporalio/client';
import { count, eq } from 'drizzle-orm';
import { fires } from '../../schemas/db/fires.ts';
import type { Store } from '../../store/store.ts';
import { hookSlotKey } from '../../triggers/webhooks/fire-hook.ts';
import type { Ports } from '../../workers/home/choose-ports.ts';

/** One delivery of a campaign. */
export interface HookRecord {
  readonly id: string;
  readonly trigger: 'standard' | 'github';
  /** Sent again after the kill; a single one is never sent again. */
  readonly pair: boolean;
  /** When it was first answered 2xx; milliseconds since 1970. */
  answeredAt?: number;
  /** A part was killed within a second of that answer. */
  killedWithinASecond?: true;
}

interface HookVerdict {
  readonly pairs: number;
  readonly singles: number;
  readonly answeredSingles: number;
  readonly killedWithinASecond: number;
  /** Answered 2xx, and not in the ledger by then. */
  readonly lost: readonly string[];
  /** Pairs and answered singles that are other than one fire with one run, and singles with more than one. */
  readonly notOnce: readonly string[];
  /** Fires that did not end as `ran` or `ranLate`. */
  readonly notRan: number;
  readonly fires: number;
  /** Fires of webhooks that no delivery of the campaign explains. */
  readonly invented: number;
}

/** Holds what was sent and answered against the ledger and against the runs that Temporal knows. */
export async function judgeHooks(store: Store, ports: Ports, records: readonly HookRecord[]): Promise<HookVerdict> {
  const rows = await store.db.select().from(fires).where(eq(fires.kind, 'webhook'));
  const byKey = Map.groupBy(rows, (row) => `${row.trigger} ${row.slotKey}`);
  const runs = await countRuns(ports);
  const lost: string[] = [];
  const notOnce: string[] = [];
  for (const one of records) {
    const found = byKey.get(`${one.trigger} ${hookSlotKey(store, one.trigger, one.id)}`) ?? [];
    const [fire] = found;
    const due = one.pair || one.answeredAt !== undefined;
    const inTime = fire !== undefined && fire.acceptedAt.getTime() <= (one.answeredAt ?? Number.POSITIVE_INFINITY);
    if (one.answeredAt !== undefined && !inTime) lost.push(one.id);
    const times = fire === undefined ? 0 : Math.max(found.length, runs.get(fire.workflowId) ?? 0);
    const once = found.length === 1 && runs.get(found[0]!.workflowId) === 1;
    if (due ? !once : times > 1) notOnce.push(one.id);
  }
  const known = new Set(records.map((one) => `${one.trigger} ${hookSlotKey(store, one.trigger, one.id)}`));
  return {
    pairs: records.filter((one) => one.pair).length,
    singles: records.filter((one) => !one.pair).length,
    answeredSingles: records.filter((one) => !one.pair && one.answeredAt !== undefined).length,
    killedWithinASecond: records.filter((one) => one.killedWithinASecond).length,
    ...{ lost, notOnce },
    notRan: rows.filter((row) => row.state !== 'ran' && row.state !== 'ranLate').length,
    fires: rows.length,
    invented: rows.filter((row) => !known.has(`${row.trigger} ${row.slotKey}`)).length,
  };
}

/** Whether every fire has ended. */
export async function hooksAtRest({ db }: Store): Promise<boolean> {
  const [open] = await db.select({ rows: count() }).from(fires).where(eq(fires.state, 'open'));
  return open?.rows === 0;
}

/** Runs by workflow id, as Temporal itself lists them. */
async function countRuns(ports: Ports): Promise<Map<string, number>> {
  const connection = await Connection.connect({ address: `127.0.0.1:${ports.temporal}` });
  try {
    const runs = new Map<string, number>();
    let nextPageToken: Uint8Array = new Uint8Array();
    do {
      const page = await connection.workflowService.listWorkflowExecutions({
        ...{ namespace: 'steward', pageSize: 500, query: 'WorkflowType = "noop"', nextPageToken },
      });
      for (const { execution } of page.executions) {
        const id = execution?.workflowId ?? '';
        runs.set(id, (runs.get(id) ?? 0) + 1);
      }
      nextPageToken = page.nextPageToken;
    } while (nextPageToken.length > 0);
    return runs;
  } finally {
    await connection.close();
  }
}
