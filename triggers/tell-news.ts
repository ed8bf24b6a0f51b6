import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { ToldNews } from '../schemas/dispatch.ts';
import { workflowIds } from '../schemas/ids.ts';
import { priorityKeys, taskQueues, workflowTypes } from '../schemas/protocol.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { nameFailure } from './name-failure.ts';

/**
 * Starts the run that tells what happened in a project; with the start it is safe. May be repeated: an event is told
 * once, by its key.
 *
 * @throws temporalBusy
 */
export async function tellNews(
  { client, store }: Pick<DispatchDeps, 'client' | 'store'>,
  { accountId, personId, channel, news, to }: ToldNews,
): Promise<void> {
  const hmac = store.keys.fingerprint('news', `${accountId}\0${news.key}`);
  const { subject, text } = news;
  try {
    await client.workflow.start(workflowTypes.tellNews, {
      workflowId: workflowIds.news(accountId, hmac),
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      taskQueue: taskQueues.main,
      args: [
        {
          personId,
          key: `news:${accountId}:${hmac}`,
          subject,
          text,
          except: channel,
          ...(to === undefined ? {} : { to }),
        },
      ],
      priority: { priorityKey: priorityKeys.normal, fairnessKey: accountId },
      staticSummary: 'tells what happened in a project',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw nameFailure(error);
  }
}
