import { matrixAdapter } from '../../activities/channels/matrix/matrix-adapter.ts';
import type { MatrixChannel } from '../../schemas/channel-file.ts';
import type { ChatFarSide, HeardMessage } from './chat-far-side.ts';
import { type MatrixClient, matrixClient } from './matrix-client.ts';
import { synapse, type TestSynapse } from './synapse.ts';

/** The far side of Matrix, with what only its own tests need. */
export interface MatrixFarSide extends ChatFarSide<MatrixChannel> {
  readonly server: TestSynapse;
  readonly owner: MatrixClient;
  readonly stranger: MatrixClient;
  /** Steward's account in other hands than the adapter's. */
  readonly steward: MatrixClient;
  /** Where the owner and Steward are alone. */
  readonly directRoom: string;
  /** Where the owner, Steward and the stranger are. */
  readonly sharedRoom: string;
}

/** A real Synapse; the owner and the stranger speak by plain HTTP. @returns the reason where there is none */
export async function matrixFarSide(): Promise<MatrixFarSide | string> {
  let server: TestSynapse;
  try {
    server = await synapse();
  } catch (error) {
    return (error as Error).message;
  }
  const [owner, steward, stranger] = [
    matrixClient(server.url, await server.register('owner')),
    matrixClient(server.url, await server.register('steward')),
    matrixClient(server.url, await server.register('stranger')),
  ];
  const directRoom = await owner.roomWith(steward);
  const strangerRoom = await stranger.roomWith(steward);
  const sharedRoom = await owner.roomWith(steward, stranger);
  const heard = async (): Promise<HeardMessage[]> =>
    (await owner.messages(directRoom))
      .filter(({ sender }) => sender === steward.userId)
      .map(({ content }) => ({ id: content['org.steward.id'] as string | undefined, text: String(content.body) }));
  return {
    ...{ name: 'matrix', adapter: matrixAdapter, server, owner, stranger, steward, directRoom, sharedRoom, heard },
    channel: channelOf(server, steward, owner),
    say: async (text) => void (await owner.say(directRoom, text)),
    sayInRoom: async (text) => void (await owner.say(sharedRoom, text)),
    sayAsStranger: async (text) => void (await stranger.say(strangerRoom, text)),
    read: async (id, as = 'owner') => {
      const found = (await owner.messages(directRoom)).find(({ content }) => content['org.steward.id'] === id);
      const reader = as === 'owner' ? owner : stranger;
      const path = `/rooms/${encodeURIComponent(directRoom)}/receipt/m.read/${encodeURIComponent(found!.event_id)}`;
      // A stranger is not in that room, and the homeserver says so.
      await reader.ask('POST', path, {}).catch((error: unknown) => {
        if (as === 'owner') throw error;
      });
    },
    seesWorking: typingSeenBy(owner, directRoom, steward.userId),
    ownerAddress: owner.userId,
    kill: server.kill,
    restart: server.restart,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const channelOf = (server: TestSynapse, steward: MatrixClient, owner: MatrixClient): MatrixChannel => ({
  ...{ kind: 'matrix', name: 'matrix', hash: 'matrix', owner: 'me', enabled: true, privacy: 'any', readEvery: 900_000 },
  ...{ addresses: [owner.userId], homeserver: server.url, userId: steward.userId, token: steward.token },
});

/** Typing is told once for each change, to whoever reads on with /sync. */
function typingSeenBy(client: MatrixClient, room: string, by: string): () => Promise<boolean> {
  let since: string | undefined;
  let typing = false;
  return async () => {
    const from = since === undefined ? `timeout=${Math.ceil(performance.now())}` : `timeout=1000&since=${since}`;
    const seen = await client.ask('GET', `/sync?${from}`);
    since = String(seen.next_batch);
    const joined = (seen.rooms as { join?: Record<string, { ephemeral?: { events?: EphemeralEvent[] } }> } | undefined)
      ?.join;
    const told = joined?.[room]?.ephemeral?.events?.findLast(({ type }) => type === 'm.typing');
    if (told !== undefined) typing = told.content.user_ids?.includes(by) === true;
    return typing;
  };
}

interface EphemeralEvent {
  readonly type: string;
  readonly content: { readonly user_ids?: readonly string[] };
}
