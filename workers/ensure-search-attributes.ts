import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import { searchAttributes } from '../schemas/protocol.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;

/** gRPC's code where another Steward was faster. */
const alreadyExists = 6;

/**
 * Makes our search attributes in a namespace where they are missing, and waits until starts may use them: a server with
 * a cache learns of them after a while. May be repeated.
 */
export async function ensureSearchAttributes(
  { connection, client }: { connection: NativeConnection; client: Client },
  namespace: string,
): Promise<void> {
  const names = Object.values(searchAttributes);
  const missing = async () => {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return names.filter((name) => customAttributes?.[name] === undefined);
  };
  const wanted = await missing();
  if (wanted.length === 0) return;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(wanted.map((name) => [name, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD])),
    });
  } catch (error) {
    if ((error as { code?: number }).code !== alreadyExists) throw error;
  }
  for (let tries = 0; tries < 100; tries++) {
    if ((await missing()).length === 0 && (await queryKnows(client, names[0]!))) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function queryKnows(client: Client, name: string): Promise<boolean> {
  try {
    await client.workflow.count(`${name} = 'none'`);
    return true;
  } catch {
    return false;
  }
}
