import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client, type ClientOptions, Connection } from '@temporalio/client';
import { findTemporal } from '../../workers/home/find-temporal.ts';
import { freePorts } from '../../workers/home/free-port.ts';
import { startTemporal } from '../../workers/home/start-temporal.ts';
import { oncePerRun } from './run-folder.ts';

export interface TestTemporal extends AsyncDisposable {
  readonly address: string;
  readonly namespace: string;
  readonly connection: Connection;
  /** A client without codec. */
  readonly client: Client;
  /** A client with options of one's own, such as a data converter, on the same connection. */
  clientWith(options: Omit<ClientOptions, 'connection' | 'namespace'>): Client;
  /** A word that no other test has: for task queues and ids. */
  readonly unique: string;
}

/** This run's Temporal server, tuned as the product's, with its search attributes; shared, so make ids `unique`. */
export async function temporal(): Promise<TestTemporal> {
  const { address, namespace } = await oncePerRun('temporal', startServer);
  const connection = await Connection.connect({ address });
  const clientWith: TestTemporal['clientWith'] = (options) => new Client({ ...options, connection, namespace });
  return {
    address,
    namespace,
    connection,
    client: clientWith({}),
    clientWith,
    unique: randomBytes(5).toString('hex'),
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

async function startServer(folder: string): Promise<{ address: string; namespace: string }> {
  const program = await findTemporal(process.env, (line) => console.error(line));
  const [port, httpPort, metricsPort] = (await freePorts(3)) as [number, number, number];
  await startTemporal({
    ...{ program, port, httpPort, metricsPort, namespace: 'steward' },
    logFile: join(folder, 'temporal.log'),
    mark: `${folder}:temporal`,
  });
  return { address: `127.0.0.1:${port}`, namespace: 'steward' };
}
