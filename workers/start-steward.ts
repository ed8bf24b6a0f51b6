import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { NativeConnectionOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { mailTransport } from '../activities/channels/mail-transport.ts';
import { makeActivities } from '../activities/index.ts';
import { startApi } from '../api/server.ts';
import { type Clock, systemClock } from '../schemas/clock.ts';
import type { Dispatch } from '../schemas/dispatch.ts';
import type { Files } from '../schemas/file-set.ts';
import { firableFlows } from '../schemas/flows.ts';
import { workflowIds } from '../schemas/ids.ts';
import { taskQueues, workflowTypes } from '../schemas/protocol.ts';
import { readLatestReport } from '../store/digests/read-report.ts';
import { ensurePerson } from '../store/ensure-person.ts';
import { openFiles } from '../store/files/open-files.ts';
import { readRootKeys } from '../store/keys/root-key.ts';
import type { Store } from '../store/store.ts';
import { makeDispatch } from '../triggers/dispatch.ts';
import { reconcileSchedules } from '../triggers/reconcile.ts';
import { ownerFlows } from './bundle-hash.ts';
import { dataConverter } from './codec/data-converter.ts';
import { payloadCodec } from './codec/payload-codec.ts';
import { connectTemporal } from './connect-temporal.ts';
import { keepBundle } from './keep-bundle.ts';
import { keepSessions } from './keep-sessions.ts';
import { openStore } from './open-store.ts';
import type { Role } from './options.ts';
import { startWorkers } from './start-workers.ts';

export interface StewardOptions {
  readonly home: string;
  readonly databaseUrl: string;
  readonly temporal: NativeConnectionOptions;
  readonly namespace: string;
  readonly rootKeyFile: string;
  readonly api: { readonly host: string; readonly port: number; readonly token: string };
  readonly temporalUiUrl?: string;
  readonly roles: readonly Role[];
  readonly cachedWorkflows: number;
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
