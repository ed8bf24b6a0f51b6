import { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { StewardError } from '../schemas/errors.ts';

/**
 * One native connection for client and workers together, so that a start can hand its first task to the worker in
 * the same process (eager start).
 *
 * @throws temporalBusy when the server does not answer within `waitMs`
 */
export async function connectTemporal(options: {
  connection: NativeConnectionOptions;
  namespace: string;
  dataConverter: DataConverter;
  waitMs: number;
  log: Logger;
}): Promise<{ connection: NativeConnection; client: Client }> {
  const until = Date.now() + options.waitMs;
  for (let tries = 0; ; tries++) {
    try {
      const connection = await NativeConnection.connect(options.connection);
      const client = new Client({ connection, namespace: options.namespace, dataConverter: options.dataConverter });
      // A namespace that was just made takes a moment to be known everywhere.
      await client.workflowService.describeNamespace({ namespace: options.namespace });
      return { connection, client };
    } catch (cause) {
      if (Date.now() > until) throw new StewardError('temporalBusy', 'Temporal does not answer', { cause });
      if (tries === 8) options.log.info({ namespace: options.namespace }, 'waiting for Temporal');
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
