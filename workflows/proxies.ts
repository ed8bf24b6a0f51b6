import {
  type ActivityInterfaceFor,
  type ActivityOptions,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { ActivityGroups } from '../activities/index.ts';
import { taskQueues } from '../schemas/protocol.ts';

type Dotted<P extends string, M> = { [K in keyof M & string as `${P}.${K}`]: M[K] };
type Group = keyof ActivityGroups & string;

/** Proxies of one group under its dotted names, so that a history reads `digest.claim`. */
function group<P extends Group>(prefix: P, options: ActivityOptions): ActivityInterfaceFor<ActivityGroups[P]> {
  return undotted(prefix, proxyActivities<Dotted<P, ActivityGroups[P]>>(options) as unknown as Record<string, unknown>);
}

function undotted<P extends Group>(prefix: P, all: Record<string, unknown>): ActivityInterfaceFor<ActivityGroups[P]> {
  return new Proxy({}, { get: (_target, name) => all[`${prefix}.${String(name)}`] }) as ActivityInterfaceFor<
    ActivityGroups[P]
  >;
}

/** A store that restarts takes seconds; a disk that is full may take a person a day. */
const patient = { initialInterval: '500ms', maximumInterval: '30s' } as const;

/** Endings and slots are written by the worker that holds the workflow: no queue, no second trip to the server. */
export const ledger = undotted(
  'ledger',
  proxyLocalActivities<Dotted<'ledger', ActivityGroups['ledger']>>({
    startToCloseTimeout: '15s',
    scheduleToCloseTimeout: '24h',
    retry: patient,
  }) as unknown as Record<string, unknown>,
);

/** A wake is only a hint; after an hour of trying the next one does the same work. */
export const triggers = undotted(
  'triggers',
  proxyLocalActivities<Dotted<'triggers', ActivityGroups['triggers']>>({
    startToCloseTimeout: '2m',
    scheduleToCloseTimeout: '1h',
    retry: patient,
  }) as unknown as Record<string, unknown>,
);

/**
 * The next turn and its answer are database work, done by the worker that holds the workflow. A turn is tried for as long
 * as it takes: what was accepted is answered.
 */
export const conversations = undotted(
  'conversations',
  proxyLocalActivities<Dotted<'conversations', ActivityGroups['conversations']>>({
    startToCloseTimeout: '30s',
    retry: patient,
  }) as unknown as Record<string, unknown>,
);

/** Every activity beats each 4 s while it lives; three missed beats are a dead worker, and its work begins elsewhere. */
const heartbeatTimeout = '15s';

/** Database work of at most 2,000 rows. */
const database = {
  startToCloseTimeout: '2m',
  scheduleToCloseTimeout: '24h',
  heartbeatTimeout,
  retry: patient,
} as const;

/** A page is 50 mails; a slow local model may take 10 s for each before the extractive summary steps in. */
const thinking = { ...database, startToCloseTimeout: '15m' } as const;

export const digest = group('digest', database);
export const report = group('report', database);
export const outbox = group('outbox', database);
export const memory = group('memory', database);

export const faults = group('faults', database);
export const approvals = group('approvals', database);

/** Summaries run beside the database work, on the queue of the fire's priority. */
export const summaries = {
  llm: group('digest', { ...thinking, taskQueue: taskQueues.llm }),
  batch: group('digest', { ...thinking, taskQueue: taskQueues.batch }),
};

/** What a model's calls come to: database work, and fires. */
export const agent = group('agent', database);

/** One answer of a model; a slow local one may take minutes. A cancelled turn does not wait for it. */
export const models = group('agent', { ...thinking, taskQueue: taskQueues.llm });

/** One attempt at the far side: SMTP allows 10 minutes after the final dot (RFC 5321 4.5.3.2.6); ours are cut at 5. */
export const sending = group('outbox', {
  taskQueue: taskQueues.io,
  startToCloseTimeout: '6m',
  scheduleToCloseTimeout: '24h',
  heartbeatTimeout,
  retry: { initialInterval: '2s', maximumInterval: '1m' },
});

/** Each probe has its own timeout of 10 s; a check that hangs is a failed check, not a late one. */
export const probes = group('probes', {
  taskQueue: taskQueues.io,
  startToCloseTimeout: '2m',
  scheduleToCloseTimeout: '10m',
  heartbeatTimeout,
  retry: patient,
});

/** One question with a timeout of at most 60 s, and a pattern with one of 5 s. What fails for 5 m is left to the next look. */
export const watch = group('watch', {
  taskQueue: taskQueues.io,
  startToCloseTimeout: '90s',
  scheduleToCloseTimeout: '5m',
  heartbeatTimeout,
  retry: patient,
});

/** A stretch of looks is cut after 5 minutes, a look or call of a fault's plan after 5. A store that is away is waited for. */
export const facing = group('faults', {
  taskQueue: taskQueues.io,
  startToCloseTimeout: '12m',
  scheduleToCloseTimeout: '24h',
  heartbeatTimeout,
  retry: patient,
});

/** One connection, held as long as the worker lives. */
export const mail = group('mail', {
  taskQueue: taskQueues.io,
  startToCloseTimeout: '7d',
  heartbeatTimeout,
  retry: { initialInterval: '1s', maximumInterval: '30s' },
});
