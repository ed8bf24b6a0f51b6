import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Logger } from 'pino';
import type { FileSet } from '../schemas/file-set.ts';
import { workflowIds } from '../schemas/ids.ts';
import { searchAttributes, signals, taskQueues, workflowTypes } from '../schemas/protocol.ts';
import { ensureAccount } from '../store/accounts/ensure-account.ts';
import type { Store } from '../store/store.ts';

const accountKey = defineSearchAttributeKey(searchAttributes.account, SearchAttributeType.KEYWORD);

/**
 * Sees to it that every enabled channel has its session, and that the session knows the file in force.
 * May be repeated: a running session is told the hash, and goes on when it is the same.
 */
export async function keepSessions(
  deps: { store: Store; client: Client; log: Logger; personId: string },
  files: FileSet,
): Promise<void> {
  for (const channel of files.channels.values()) {
    if (!channel.enabled) continue;
    const account = await ensureAccount(deps.store, channel, deps.personId);
    const input = { accountId: account.id, name: channel.name, fileHash: channel.hash };
    await deps.client.workflow.signalWithStart(workflowTypes.channelSession, {
      workflowId: workflowIds.session(account.id),
      taskQueue: taskQueues.main,
      args: [input],
      signal: signals.configChanged,
      signalArgs: [{ fileHash: channel.hash }],
      staticSummary: `reads the ${channel.kind} account ${account.id}`,
      typedSearchAttributes: [{ key: accountKey, value: account.id }],
    });
    deps.log.debug({ account: account.id }, 'session kept');
  }
}
