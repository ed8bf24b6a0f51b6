import type { ArrivedMessage, FireReceipt, TriggerEvent } from '../schemas/dispatch.ts';
import { holds } from '../schemas/holds.ts';
import { slotKeys } from '../schemas/ids.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import { messagePrint } from '../store/conversations/message-print.ts';
import { knownSlots } from '../store/fires/known-slots.ts';
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
  const receipts: FireReceipt[] = [];
  for (const trigger of matching(deps, message)) receipts.push(await fireEvent(deps, eventOf(deps, trigger, message)));
  return receipts;
}

/**
 * Fires those triggers that a message matches and that do not know it: whoever took it in may have died before. May be
 * repeated.
 *
 * @returns how many triggers it matches
 * @throws storeBusy
 */
export async function fireMissing(deps: DispatchDeps, message: ArrivedMessage): Promise<number> {
  const triggers = matching(deps, message);
  for (const trigger of triggers) {
    const event = eventOf(deps, trigger, message);
    const known = await knownSlots(deps.store, trigger.name, [event.slotKey]);
    if (known.size === 0) await fireEvent(deps, event);
  }
  return triggers.length;
}

function matching({ files, store }: DispatchDeps, message: ArrivedMessage): Trigger[] {
  const now = store.clock.now();
  return [...files.current().triggers.values()].filter(
    (trigger) => isInForce(trigger, now) && matchMessage(trigger, message),
  );
}

function eventOf({ store }: DispatchDeps, { name: trigger }: Trigger, message: ArrivedMessage): TriggerEvent {
  const { id, channel, room = '', from, text, mention } = message;
  const slotKey = slotKeys.delivery('message', messagePrint(store, channel, id));
  const about = { channel, room, from, mention, text: text.slice(0, mostTextChars) };
  return {
    ...{ trigger, kind: 'message', slotKey, source: channel },
    ...{ event: { kind: 'message', ...about, text }, args: { message: about } },
    payload: { body: Buffer.from(text), mediaType: 'text/plain; charset=utf-8' },
  };
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
