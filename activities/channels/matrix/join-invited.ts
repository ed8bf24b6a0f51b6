import type { MatrixChannel } from '../../../schemas/channel-file.ts';
import { isNoForGood } from './homeserver-refusal.ts';
import type { Homeserver } from './open-homeserver.ts';
import { readPendingInvites, type SyncRound } from './read-sync.ts';

/** Invitations of one connection. They are answered beside the reading of messages, which waits for none of them. */
export interface Invitations {
  /** Rooms of strangers are neither joined nor refused: to refuse would tell them that somebody is there. */
  note(invites: SyncRound['invites']): void;
  /** Has those looked for that an earlier connection left: a cursor does not come back to an invitation. */
  lookForPending(): void;
  /** Begins to join what is due, and does not wait for it. */
  joinDue(): void;
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>;
}

/**
 * Joins the rooms that the owner invites to, one after another. One that cannot be joined now is tried again later.
 *
 * @param againMs - between two attempts at one room
 */
export function joinInvited(server: Homeserver, { addresses, userId }: MatrixChannel, againMs: number): Invitations {
  let lookAt = Number.POSITIVE_INFINITY;
  const dueAt = new Map<string, number>();
  let underWay: Promise<void> | undefined;
  const note: Invitations['note'] = (invites) => {
    for (const { roomId, by } of invites) if (addresses.includes(by) && !dueAt.has(roomId)) dueAt.set(roomId, 0);
  };
  const pass = async () => {
    if (lookAt <= performance.now()) {
      const pending = await pendingOrNone(server, userId);
      lookAt = pending === undefined ? performance.now() + againMs : Number.POSITIVE_INFINITY;
      note(pending ?? []);
    }
    for (const [roomId, at] of dueAt) {
      if (at > performance.now()) continue;
      if (await isSettled(server, roomId)) dueAt.delete(roomId);
      else dueAt.set(roomId, performance.now() + againMs);
    }
  };
  return {
    note,
    lookForPending: () => {
      lookAt = 0;
    },
    joinDue: () => {
      underWay ??= pass().finally(() => {
        underWay = undefined;
      });
    },
    idle: async () => underWay,
  };
}

/** A token that is refused here, or for a join, is refused by the next sync, which says so. */
async function pendingOrNone(server: Homeserver, userId: string): Promise<SyncRound['invites'] | undefined> {
  try {
    return await readPendingInvites(server, userId);
  } catch {
    return undefined;
  }
}

async function isSettled(server: Homeserver, roomId: string): Promise<boolean> {
  try {
    await server.ask('POST', `/rooms/${encodeURIComponent(roomId)}/join`, { body: {} });
    return true;
  } catch (error) {
    return isNoForGood(error);
  }
}
