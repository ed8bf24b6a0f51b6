import type { Client } from '@temporalio/client';
import type { NativeConnectionOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { mailTransport } from '../activities/channels/mail-transport.ts';
import { scopesOf } from '../activities/conversations/scopes-of.ts';
import { makeActivities } from '../activities/index.ts';
import { openMemory } from '../activities/memory/open-memory.ts';
import { openRouter } from '../activities/models/open-router.ts';
import { startApi } from '../api/server.ts';
import { type Clock, systemClock } from '../schemas/clock.ts';
import type { Dispatch } from '../schemas/dispatch.ts';
import type { Files } from '../schemas/file-set.ts';
import { firableFlows } from '../schemas/flows.ts';
import { readLatestReport } from '../store/digests/read-report.ts';
import { ensurePerson } from '../store/ensure-person.ts';
import { openFiles } from '../store/files/open-files.ts';
import { openHotTier } from '../store/hot/open-hot-tier.ts';
import { readRootKeys } from '../store/keys/root-key.ts';
import type { Store } from '../store/store.ts';
import { makeDispatch } from '../triggers/dispatch.ts';
import { ownerZone } from '../triggers/owner-zone.ts';
import type { RecentSchedules } from '../triggers/recent-schedules.ts';
import { reconcileSchedules } from '../triggers/reconcile.ts';
import { seeSchedules } from '../triggers/see-schedules.ts';
import { whenOf } from '../triggers/when-of.ts';
import { ownerFlows } from './bundle-hash.ts';
import { dataConverter } from './codec/data-converter.ts';
import { payloadCodec } from './codec/payload-codec.ts';
import { connectTemporal } from './connect-temporal.ts';
import { ensureSearchAttributes } from './ensure-search-attributes.ts';
import { keepFileWatches } from './file-watches/keep-file-watches.ts';
import { followChanges } from './follow-changes.ts';
import { writeEditorSchemas } from './home/write-editor-schemas.ts';
import { keepBundle } from './keep-bundle.ts';
import { keepSessions } from './keep-sessions.ts';
import { openStore } from './open-store.ts';
import type { Role } from './options.ts';
import { startWorkers } from './start-workers.ts';
import { withFlowFault } from './with-flow-fault.ts';

export interface StewardOptions {
  readonly home: string;
  readonly databaseUrl: string;
  readonly temporal: NativeConnectionOptions;
  readonly namespace: string;
  readonly rootKeyFile: string;
  readonly api: { readonly host: string; readonly port: number; readonly token: string };
  readonly temporalUiUrl?: string;
  /** Redis or Valkey for the hot tier; in this process when left out. */
  readonly redisUrl?: string | undefined;
  /** Whether spans of model calls hold what was asked and answered. */
  readonly traceContent?: boolean;
  readonly roles: readonly Role[];
  /** Runs kept in memory; 0 replays on every task. */
  readonly cachedWorkflows: number;
  /** How long activities may finish when a stop was asked for. */
  readonly graceMs: number;
  readonly log: Logger;
  readonly clock?: Clock;
}

/** One Steward process under way. */
export interface RunningSteward {
  readonly apiPort: number;
  readonly store: Store;
  readonly client: Client;
  readonly dispatch: Dispatch;
  readonly files: Files;
  readonly personId: string;
  /** Settles after an orderly stop; rejects when a worker breaks. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Postgres and Temporal start beside us; a cold disk may need this long. */
const waitMs = 120_000;

/**
 * Starts everything that one process serves: record, files, workers, API, schedules, sessions.
 * In an order that a crash at any point leaves nothing half done: each step may be repeated.
 *
 * @throws keyMissing, homeNewer, storeBusy, temporalBusy, flowBroken, portTaken
 */
export async function startSteward(options: StewardOptions): Promise<RunningSteward> {
  const { log, home } = options;
  try {
    writeEditorSchemas(home);
  } catch (error) {
    log.info({ err: error }, 'the schemas for editors could not be written');
  }
  const clock = options.clock ?? systemClock;
  const roots = readRootKeys(options.rootKeyFile);
  // Bundling, when it is needed at all, runs in a process of its own: beside the waiting for the servers.
  const bundle = keepBundle(home, log);
  bundle.catch(() => undefined);
  const { store, database } = await openStore({ databaseUrl: options.databaseUrl, roots, clock, log, waitMs });
  const knownFlows = () => new Set<string>([...firableFlows, ...ownerFlows(home).map((flow) => flow.name)]);
  let flowFault: string | undefined;
  const files = withFlowFault(await openFiles({ home, store, log, knownFlows }), () => flowFault);
  const { owner } = files.current().instance;
  const person = await ensurePerson(store, owner.name, owner.timezone ?? zoneOfThisMachine());
  const converter = dataConverter(roots);
  const { connection, client } = await connectTemporal({
    connection: options.temporal,
    namespace: options.namespace,
    dataConverter: converter,
    waitMs,
    log,
  });
  await ensureSearchAttributes({ connection, client }, options.namespace);
  const dispatch = makeDispatch({
    store,
    client,
    files,
    log,
    personId: person.id,
    requestEagerStart: options.roles.includes('main'),
  });
  const temporalReachable = async () => {
    await client.workflowService.getSystemInfo({});
  };
  const hot = await openHotTier({
    ...{ redisUrl: options.redisUrl, clock },
    onError: (error) => log.warn({ err: error }, 'the hot tier does not answer'),
  });
  const router = openRouter({
    ...{ store, files, hot, log, personId: person.id },
    traceContent: options.traceContent ?? false,
  });
  const memory = openMemory(store, {
    zone: () => ownerZone(files.current()),
    settings: () => files.current().instance.memory,
    channels: {
      staysHere: (channel) => files.current().channels.get(channel)?.privacy === 'local-only',
      scopesOf: (channel) => scopesOf(files, channel),
    },
  });
  const activities = makeActivities({
    store,
    files,
    transport: mailTransport({ log }),
    hot,
    askModel: router.askModel,
    memory,
    dispatch,
    log,
    home,
    temporalReachable,
    whenOf: (trigger) => whenOf(trigger, ownerZone(files.current()), clock.now()),
  });
  const workers = await startWorkers(
    { ...options, connection, dataConverter: converter, activities },
    (await bundle).path,
  );
  let ready = false;
  const api = await startApi({
    store,
    client,
    files,
    dispatch,
    log,
    hot,
    models: router.desk,
    memory,
    personId: person.id,
    ...options.api,
    decode: (payloads) => payloadCodec(roots).decode(payloads),
    readLatestReport,
    ready: async () => {
      if (!ready) throw new Error('workers are starting');
      await database.pool.query('select 1');
      await temporalReachable();
    },
    ...(options.temporalUiUrl === undefined ? {} : { temporalUiUrl: options.temporalUiUrl }),
  });

  const recent: RecentSchedules = new Map();
  const fileWatches = options.roles.includes('main')
    ? keepFileWatches({ store, dispatch, log, personId: person.id, home })
    : undefined;
  const follow = async () => {
    // First: from now on the slots are those of the file as it is saved.
    await seeSchedules({ store, client, files, log, personId: person.id });
    const kept = await keepBundle(home, log);
    flowFault = kept.fault;
    await workers.useBundle(kept.path);
    const set = files.current();
    await reconcileSchedules({ client, log, clock, recent }, set);
    await keepSessions({ client, store, log, personId: person.id }, set);
    await fileWatches?.follow(set);
  };
  const begun = files.current().triggers;
  await follow();
  const following = followChanges(follow, log);
  files.onChange(following.changed);
  const over = new AbortController();
  const newModels = followChanges(() => router.probeNew(over.signal), log);
  if (options.roles.includes('main')) {
    files.onChange(newModels.changed);
    newModels.changed();
  }
  // A save during the first round came before anybody listened.
  if (files.current().triggers !== begun) following.changed();
  // What was accepted before the last stop is taken up now, not at the next minute.
  await dispatch.sweep();
  ready = true;
  log.info({ port: api.port }, 'ready');

  const stop = async () => {
    ready = false;
    await files.close();
    await following.stop();
    over.abort();
    await newModels.stop();
    await fileWatches?.stop();
    await api.close();
    await hot.close();
    workers.shutdown();
    await workers.ended;
    await router.idle();
    await connection.close();
    await database.close();
  };
  return { apiPort: api.port, store, client, dispatch, files, personId: person.id, ended: workers.ended, stop };
}

const zoneOfThisMachine = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
