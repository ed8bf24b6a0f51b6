import {
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { signals } from '../schemas/protocol.ts';
import { mail } from './proxies.ts';

export interface SessionInput {
  readonly accountId: string;
  /** The account's name, as its file is called. */
  readonly name: string;
  /** Hash of the channel file that is to be served. */
  readonly fileHash: string;
}

export const configChanged = defineSignal<[{ fileHash: string }]>(signals.configChanged);

/**
 * Holds the one connection that reads an account: one owner across any number of workers.
 *
 *   start | file change -> channelSession -> mail.runSession
 *
 * Repeat: `session:<account>`, one at a time. Failure: a dead worker's session begins elsewhere; refused logins rest
 * until the file changes.
 */
export async function channelSession({ accountId, name, fileHash }: SessionInput): Promise<{ outcome: string }> {
  let wanted = fileHash;
  setHandler(configChanged, (change) => {
    wanted = change.fileHash;
  });
  for (;;) {
    const serving = wanted;
    const ended = await serveUntil(() => wanted !== serving, { accountId, name, fileHash: serving });
    if (ended === 'gone') return { outcome: 'gone' };
    if (ended === 'resting') {
      setCurrentDetails(`**resting**: the login of \`${name}\` was refused; waits for a change of its file`);
      await condition(() => wanted !== serving);
    }
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof channelSession>({ accountId, name, fileHash: wanted });
    }
  }
}

async function serveUntil(changed: () => boolean, input: SessionInput): Promise<string> {
  setCurrentDetails(`**reading** \`${input.name}\``);
  const scope = new CancellationScope();
  const session = scope.run(() => mail.runSession({ accountId: input.accountId }));
  const watch = new CancellationScope();
  const change = watch
    .run(() => condition(changed))
    .then(
      () => scope.cancel(),
      () => undefined,
    );
  try {
    return (await session).ended;
  } catch (error) {
    // Our own cancel, because the file changed; a cancel of the whole run goes on up.
    if (isCancellation(error) && changed()) return 'changed';
    throw error;
  } finally {
    watch.cancel();
    await change;
  }
}
