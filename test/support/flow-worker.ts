import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, NativeConnection, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { FireEnding } from '../../schemas/flow-io.ts';
import { taskQueues } from '../../schemas/protocol.ts';
import { endFire } from '../../store/fires/end-fire.ts';
import type { Store } from '../../store/store.ts';
import type { TestTemporal } from './temporal.ts';

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** A worker with flows of the tests' own (`test/support/flows/`), which end their fires in `store`. */
export async function flowWorker(temporal: TestTemporal, namespace: string, store: Store): Promise<AsyncDisposable> {
  bundle ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./flows/index.ts', import.meta.url)),
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  });
  const connection = await NativeConnection.connect({ address: temporal.address });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: taskQueues.main,
    workflowBundle: await bundle,
    activities: { endFire: (ending: FireEnding) => endFire(store, ending).then(() => undefined) },
    shutdownGraceTime: 100,
  });
  const running = worker.run();
  return {
    [Symbol.asyncDispose]: async () => {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}
