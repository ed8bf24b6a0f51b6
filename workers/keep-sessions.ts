import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Logger } from 'pino';
import type { FileSet } from '../schemas/file-set.ts';
import { workflowIds } from '../schemas/ids.ts';
import { searchAttributes, signals, taskQueues, workflowTypes } from '../schemas/protocol.ts';
import { apiAccount } from '../store/accounts/api-account.ts';
import { ensureAccount } from '../store/accounts/ensure-account.ts';
import { retireAccounts } from '../store/accounts/retire-accounts.ts';
import type { Store } from '../store/store.ts';

const accountKey = defineSearchAttributeKey(searchAttributes.account, SearchAttributeType.KEYWORD);

/**
 * Sees to it that every enabled channel has its session, that the session knows the file in force, and that a session
 * whose file is gone ends. May be repeated: a running session is told the hash, and goes on when it is the same.
 */
export async function keepSessions(
  deps: { store: Store; client: Client; log: Logger; personId: string },
  files: FileSet,
): Promise<void> {
  const serving = [...files.channels.values()].filter((channel) => channel.enabled);
  for (const accountId of await retireAccounts(deps.store, deps.personId, [
    ...serving.map((channel) => channel.name),
    apiAccount.name,
  ])) {
    await endSession(deps.client, accountId);
  }
  for (const channel of serving) {
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

/** A session that is told of no file looks for its own, finds none and ends. */
async function endSession(client: Client, accountId: string): Promise<void> {
  try {
    await client.workflow.getHandle(workflowIds.session(accountId)).signal(signals.configChanged, { fileHash: '' });
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
