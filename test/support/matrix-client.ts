import { randomUUID } from 'node:crypto';
import type { SynapseUser } from './synapse.ts';

interface SeenEvent {
  readonly event_id: string;
  readonly sender: string;
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** A client of Matrix over plain fetch. */
export interface MatrixClient extends SynapseUser {
  ask(method: string, path: string, body?: object): Promise<Record<string, unknown>>;
  /** Makes a private room; who is invited joins at once. @returns its id */
  roomWith(...others: readonly MatrixClient[]): Promise<string>;
  /** @returns the id of the event */
  say(roomId: string, text: string, more?: object): Promise<string>;
  send(roomId: string, content: object, type?: string): Promise<string>;
  /** The messages of a room, oldest first. */
  messages(roomId: string): Promise<readonly SeenEvent[]>;
}

/** Speaks for an account of a homeserver. */
export function matrixClient(url: string, user: SynapseUser): MatrixClient {
  const ask: MatrixClient['ask'] = async (method, path, body) => {
    const answer = await fetch(`${url}/_matrix/client/v3${path}`, {
      method,
      headers: { authorization: `Bearer ${user.token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown>;
  };
  const send: MatrixClient['send'] = async (roomId, content, type = 'm.room.message') => {
    const path = `/rooms/${encodeURIComponent(roomId)}/send/${type}/${randomUUID()}`;
    return String((await ask('PUT', path, content)).event_id);
  };
  return {
    ...user,
    ...{ ask, send },
    roomWith: async (...others) => {
      const invite = others.map(({ userId }) => userId);
      const room = String((await ask('POST', '/createRoom', { preset: 'private_chat', invite })).room_id);
      for (const other of others) await other.ask('POST', `/rooms/${encodeURIComponent(room)}/join`, {});
      return room;
    },
    say: (roomId, text, more = {}) => send(roomId, { msgtype: 'm.text', body: text, ...more }),
    messages: async (roomId) => {
      const seen: SeenEvent[] = [];
      for (let from: string | undefined; ; ) {
        const query = new URLSearchParams({ dir: 'b', limit: '500', ...(from === undefined ? {} : { from }) });
        const page = await ask('GET', `/rooms/${encodeURIComponent(roomId)}/messages?${query}`);
        seen.push(...(page.chunk as SeenEvent[]));
        from = page.end as string | undefined;
        if (from === undefined) break;
      }
      return seen.filter(({ type }) => type === 'm.room.message').reverse();
    },
  };
}
