import { setTimeout as sleep } from 'node:timers/promises';
import type { MatrixChannel } from '../../../schemas/channel-file.ts';
import type { ChatServing } from '../../../schemas/chat-adapter.ts';
import { StewardError } from '../../../schemas/errors.ts';
import { answersRead } from './answers-read.ts';
import { collectRound } from './collect-round.ts';
import { HomeserverRefusal, nameMatrixFailure } from './homeserver-refusal.ts';
import { type Invitations, joinInvited } from './join-invited.ts';
import { recordOf } from './json-value.ts';
import { knowRooms } from './know-rooms.ts';
import { type Homeserver, openHomeserver } from './open-homeserver.ts';
import { freshWaitMs, readSync } from './read-sync.ts';
import { showReadSoon } from './show-signs.ts';

/** How a connection waits; smaller in tests. */
export interface MatrixTimings {
  /** How long the homeserver holds a sync that has nothing. */
  readonly pollMs: number;
  /** Between rounds that came back at once with nothing. @source github.com/matrix-org/synapse/issues/15824 */
  readonly restMs: number;
  /** Events of a room in one sync; what is more is read backwards. */
  readonly timelineLimit: number;
  /** Of a hundred events each: beyond that an account was away for so long that its owner reads for themself. */
  readonly gapPages: number;
  /** Between two attempts to join a room. */
  readonly joinAgainMs: number;
}

const takenAtOnce = 200;

export const matrixTimings: MatrixTimings = {
  pollMs: 25_000,
  restMs: 1_000,
  timelineLimit: 50,
  gapPages: 300,
  joinAgainMs: 60_000,
};

/**
 * Holds one connection to a homeserver: syncs from the cursor, round after round. Messages and the cursor of a round are
 * taken in as one. At first sight the cursor begins where the homeserver is, and nothing is taken in.
 *
 * @throws channelBusy, channelLoginRefused, channelInsecure, sessionSuperseded, storeBusy
 */
export async function serveMatrix(serving: ChatServing<MatrixChannel>, timings = matrixTimings): Promise<void> {
  const over = new AbortController();
  const server = openHomeserver(serving.channel, AbortSignal.any([serving.signal, over.signal]));
  const invitations = joinInvited(server, serving.channel, timings.joinAgainMs);
  try {
    await holdConnection(serving, server, invitations, timings);
  } catch (error) {
    if (serving.signal.aborted) return;
    throw error instanceof HomeserverRefusal ? nameMatrixFailure(error, server.host) : error;
  } finally {
    over.abort();
    await invitations.idle();
  }
}

/** Tries the token, and leaves. @throws channelBusy, channelLoginRefused, channelInsecure */
export async function checkMatrix(channel: MatrixChannel, signal: AbortSignal): Promise<void> {
  const server = openHomeserver(channel, signal);
  try {
    await checkIdentity(server, channel.userId);
  } catch (error) {
    throw error instanceof HomeserverRefusal ? nameMatrixFailure(error, server.host) : error;
  }
}

async function holdConnection(
  serving: ChatServing<MatrixChannel>,
  server: Homeserver,
  invitations: Invitations,
  timings: MatrixTimings,
) {
  const { channel, signal } = serving;
  const { userId } = channel;
  await checkIdentity(server, userId);
  const deps = { server, channel, rooms: knowRooms(server, userId), gapPages: timings.gapPages };
  const showRead = showReadSoon(server, channel, signal);
  const reached = await serving.cursor('archive');
  if (reached !== undefined) invitations.lookForPending();
  let since = reached ?? (await begin(serving, server, invitations));
  for (let waitMs = 0; !signal.aborted; waitMs = timings.pollMs) {
    const began = performance.now();
    const round = await readSync(server, { ...timings, userId, since, waitMs });
    const { messages, takenBack, ownIds } = await collectRound(deps, round, since);
    for (const id of ownIds) await serving.cameBack(id);
    for (const { by, id } of await answersRead(deps, round)) await serving.wasRead(by, id);
    invitations.note(round.invites);
    invitations.joinDue();
    const stands = round.next === since;
    if (messages.length > 0 || !stands) {
      // Each of them a short transaction. What was taken in before the cursor moves is there already the next time.
      const last = Math.max(0, messages.length - (messages.length % takenAtOnce || takenAtOnce));
      for (let at = 0; at < last; at += takenAtOnce) await serving.take(messages.slice(at, at + takenAtOnce));
      await serving.take(messages.slice(last), { place: 'archive', token: round.next }, takenBack);
    }
    showRead(messages);
    since = round.next;
    serving.up();
    const early = timings.restMs - (performance.now() - began);
    // Our own words come back as a round too: whoever answers them is heard without a rest.
    if (waitMs > 0 && early > 0 && (round.rooms.length === 0 || stands)) {
      await sleep(early + Math.random() * timings.restMs, undefined, { signal });
    }
  }
}

/** With the token of another account our own messages would be another's, and we would answer them. */
async function checkIdentity(server: Homeserver, userId: string): Promise<void> {
  const { user_id: holder } = recordOf(await server.ask('GET', '/account/whoami'));
  if (holder === userId) return;
  throw new StewardError(
    'channelLoginRefused',
    `The token at ${server.host} belongs to another account than the file names`,
  );
}

async function begin(
  serving: ChatServing<MatrixChannel>,
  server: Homeserver,
  invitations: Invitations,
): Promise<string> {
  const { userId } = serving.channel;
  const { next, invites } = await readSync(server, { userId, waitMs: freshWaitMs(), timelineLimit: 1 });
  invitations.note(invites);
  invitations.joinDue();
  await serving.take([], { place: 'archive', token: next });
  return next;
}
