import type { ArrivedMessage, FireReceipt } from '../schemas/dispatch.ts';
import { holds } from '../schemas/holds.ts';
import { slotKeys } from '../schemas/ids.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { fireEvent } from './fire-event.ts';
import { isInForce } from './gate.ts';

/** Text beyond this stays in the sealed payload and out of the arguments. */
const mostTextChars = 8_192;

/**
 * Fires each trigger that a message matches. May be repeated: the same id on the same channel is the same message.
 *
 * @returns one receipt for each trigger that matched
 * @throws storeBusy
 */
export async function messageArrived(deps: DispatchDeps, message: ArrivedMessage): Promise<FireReceipt[]> {
  const { id, channel, room = '', from, text, mention } = message;
  const hmac = deps.store.keys.fingerprint('message', `${channel}\0${id}`);
  const receipts: FireReceipt[] = [];
  for (const trigger of deps.files.current().triggers.values()) {
    if (!isInForce(trigger, deps.store.clock.now()) || !matchMessage(trigger, message)) continue;
    const about = { channel, room, from, mention, text: text.slice(0, mostTextChars) };
    receipts.push(
      await fireEvent(deps, {
        ...{ trigger: trigger.name, kind: 'message', slotKey: slotKeys.delivery('message', hmac), source: channel },
        ...{ event: { kind: 'message', ...about, text }, args: { message: about } },
        payload: { body: Buffer.from(text), mediaType: 'text/plain; charset=utf-8' },
      }),
    );
  }
  return receipts;
}

/** Whether a message fulfils every condition that a message trigger names. Pure. */
export function matchMessage(
  { when }: Pick<Trigger, 'when'>,
  { channel, room, from, text, mention }: Omit<ArrivedMessage, 'id'>,
): boolean {
  if (!('message' in when)) return false;
  const wanted = when.message;
  return (
    (wanted.channel === undefined || wanted.channel === channel) &&
    (wanted.room === undefined || wanted.room === room) &&
    (wanted.from === undefined || holds(wanted.from, from)) &&
    (wanted.pattern === undefined || holds(wanted.pattern, text)) &&
    (wanted.mention === undefined || wanted.mention === mention)
  );
}
