import { recordOf, textOf } from './json-value.ts';
import { isEventId } from './read-event.ts';

/** Where a message goes: a room, in the thread that begins with an event where there is one. */
export interface RoomPlace {
  readonly roomId: string;
  readonly root?: string;
}

/** What `ThreadPlace.address` holds for Matrix; `placeOf` reads it. Pure. */
export const addressOf = ({ roomId, root }: RoomPlace): string =>
  root === undefined ? roomId : JSON.stringify({ room: roomId, root });

/** Reads an address: a person's user id, or a place. Pure. @returns undefined for what is neither */
export function placeOf(address: string): { readonly userId: string } | RoomPlace | undefined {
  if (address.startsWith('@')) return { userId: address };
  if (address.startsWith('!')) return { roomId: address };
  let parts: Readonly<Record<string, unknown>>;
  try {
    parts = recordOf(JSON.parse(address));
  } catch {
    return undefined;
  }
  const [roomId, root] = [textOf(parts.room), parts.root];
  return roomId?.startsWith('!') === true && isEventId(root) ? { roomId, root } : undefined;
}
