import { hostname } from 'node:os';
import type { DataConverter } from '@temporalio/common';
import { type NativeConnection, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { type Role, workerSize } from './options.ts';

export interface WorkersDeps {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly dataConverter: DataConverter;
  readonly activities: object;
  readonly roles: readonly Role[];
  readonly cachedWorkflows: number;
  readonly log: Logger;
  /** How long activities may finish after a shutdown was asked for. */
  readonly graceMs: number;
}

/** Workers under way: one a role. */
export interface RunningWorkers {
  /** Takes up another workflow bundle: the worker in force drains first, since one queue has one worker in a process. */
  useBundle(path: string): Promise<void>;
  /** Settles when all have stopped; rejects when one breaks. */
  readonly ended: Promise<void>;
  shutdown(): void;
}

/**
 * Starts one worker a role. The main and the batch one need the workflow bundle; the others run activities only.
 *
 * @param bundlePath - what `workers/bundle.ts` made
 */
export async function startWorkers(deps: WorkersDeps, bundlePath: string): Promise<RunningWorkers> {
  const running = new Set<Worker>();
  let stopping = false;
  let settle: { resolve: () => void; reject: (error: unknown) => void };
  const ended = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });

  const launch = (worker: Worker): Promise<void> => {
    running.add(worker);
    const run = worker.run().then(() => {
      running.delete(worker);
      if (stopping && running.size === 0) settle.resolve();
    });
    run.catch((error: unknown) => settle.reject(error));
    return run;
  };
  // Flows of low and background priority run on the batch queue, so it needs the bundle as the main one does.
  const withFlows = deps.roles.filter(runsFlows);
  const launchFlows = async (path: string) => {
    const workers: { worker: Worker; drained: Promise<void> }[] = [];
    for (const role of withFlows) {
      const worker = await createWorker(deps, role, path);
      workers.push({ worker, drained: launch(worker) });
    }
    return { path, workers };
  };

  let current = await launchFlows(bundlePath);
  for (const role of deps.roles) if (!runsFlows(role)) await launchOther(role);

  async function launchOther(role: Role): Promise<void> {
    launch(await createWorker(deps, role)).catch(() => undefined);
  }

  return {
    useBundle: async (path) => {
      if (withFlows.length === 0 || stopping || current.path === path) return;
      for (const { worker } of current.workers) worker.shutdown();
      await Promise.all(current.workers.map(({ drained }) => drained));
      if (!stopping) current = await launchFlows(path);
    },
    ended,
    shutdown: () => {
      stopping = true;
      for (const worker of running) if (worker.getState() === 'RUNNING') worker.shutdown();
      if (running.size === 0) settle.resolve();
    },
  };
}

const runsFlows = (role: Role) => role === 'main' || role === 'batch';

async function createWorker(deps: WorkersDeps, role: Role, codePath?: string): Promise<Worker> {
  const { taskQueue, options } = workerSize(role, deps);
  return await Worker.create({
    connection: deps.connection,
    namespace: deps.namespace,
    dataConverter: deps.dataConverter,
    identity: `${role}@${hostname()}:${process.pid}`,
    taskQueue,
    activities: deps.activities,
    ...(codePath === undefined ? {} : { workflowBundle: { codePath } }),
    shutdownGraceTime: deps.graceMs,
    shutdownForceTime: deps.graceMs + 5_000,
    // A cancelled session learns of it with a heartbeat's answer; the default would be up to 60 s.
    maxHeartbeatThrottleInterval: '3s',
    ...options,
  });
}
