import { setTimeout as sleep } from 'node:timers/promises';
import type { Priority } from '../schemas/endings.ts';
import { priorityWorld } from '../test/support/priority-world.ts';
import { openRun, removeRun } from '../test/support/run-folder.ts';
import { quantiles } from './quantiles.ts';

const backlog = 2_000;
const urgents = 100;
const floodMs = 30_000;
/** Workflow tasks at once on the queue of urgent and normal work. */
const slots = 4;

/**
 * Priority on a real server with real ledgers: a backlog of 2,000 and 100 urgent fires one after the other behind it,
 * then a steady flood of urgent fires beside low ones. Jobs are no-op fires: row, start, run, ending.
 */
export async function measurePriority(say: (words: string) => void) {
  const run = await openRun();
  try {
    say(`${backlog} low fires queued, then ${urgents} urgent ones`);
    const low = await measureBacklog('low');
    say(`${backlog} normal fires queued on the queue of the urgent ones, then ${urgents} urgent ones`);
    const normal = await measureBacklog('normal');
    say(`a flood of urgent fires for ${floodMs / 1000} s beside low ones`);
    return { slots, backlogOfLow: low, backlogOfNormal: normal, flood: await measureFlood() };
  } finally {
    await removeRun(run);
  }
}

async function measureBacklog(priority: Priority) {
  await using bench = await priorityWorld(slots);
  await bench.fire(priority, backlog);
  await using _workers = await bench.work();
  const waits: number[] = [];
  const overtaken: number[] = [];
  let stillWaiting = 0;
  for (let at = 0; at < urgents; at++) {
    const [fireId] = await bench.fire('urgent', 1);
    const { acceptedAt, endedAt } = await bench.ended(fireId!);
    waits.push(endedAt.getTime() - acceptedAt.getTime());
    overtaken.push(await bench.endedBetween(priority, acceptedAt, endedAt));
    if ((await bench.open(priority)) > 0) stillWaiting += 1;
    await sleep(100);
  }
  return {
    acceptedToEndedMs: withP99(waits),
    /** Fires of the backlog that ended between an urgent one's row and its ending: at most those that had a slot. */
    endedBeforeUrgent: withP99(overtaken),
    urgentsWithABacklogBehindThem: stillWaiting,
  };
}

async function measureFlood() {
  await using bench = await priorityWorld(slots);
  await bench.fire('low', 1_500);
  await bench.fire('urgent', 200);
  await using _workers = await bench.work();
  const from = new Date();
  let least = Number.POSITIVE_INFINITY;
  for (const until = Date.now() + floodMs; Date.now() < until; ) {
    const waiting = await bench.open('urgent');
    least = Math.min(least, waiting);
    if (waiting < 200) await bench.fire('urgent', 100);
    else await sleep(50);
  }
  const to = new Date();
  const [low, urgent] = [await bench.endedBetween('low', from, to), await bench.endedBetween('urgent', from, to)];
  return { low, urgent, lowShare: Math.round((low / (low + urgent)) * 1000) / 1000, leastUrgentWaiting: least };
}

function withP99(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  return { ...quantiles(values), p99: sorted[Math.ceil(sorted.length * 0.99) - 1], most: sorted.at(-1) };
}
