import { setTimeout as sleep } from 'node:timers/promises';
import { dovecot } from '../test/support/dovecot.ts';
import { matrixClient } from '../test/support/matrix-client.ts';
import { prosody } from '../test/support/prosody.ts';
import { synapse } from '../test/support/synapse.ts';
import { type FarDoor, farDoor } from './far-door.ts';
import { type BenchHome, summarise } from './steward-home.ts';

const counts = { imap: 50, xmpp: 5, matrix: 5 };
const all = counts.imap + counts.xmpp + counts.matrix;

/**
 * Fifty IMAP, five XMPP and five Matrix accounts in one Steward: what they hold in memory, how often they try while every
 * server is away and when all return, and how soon a link that has gone dead is noticed.
 */
export async function measureAccounts(home: BenchHome, awayMinutes: number, say: (words: string) => void) {
  await using stack = new AsyncDisposableStack();
  const before = summarise(home.memory()).pssMib;
  const doors = await openAccounts(home, stack);
  say(`${all} accounts connect`);
  await until(
    async () => Object.entries(counts).every(([kind, n]) => doors[kind as keyof Doors].came.length >= n),
    300_000,
  );
  await sleep(20_000);
  const after = summarise(home.memory()).pssMib;

  say('every server goes away');
  const wentAt = performance.now();
  for (const door of Object.values(doors)) door.be('shut');
  await sleep(awayMinutes * 60_000);
  const backAt = performance.now();
  say('every server returns');
  for (const door of Object.values(doors)) door.be('open');
  // Matrix makes a connection for each request, so what comes to it is no attempt once it is served.
  const returned = ({ came }: FarDoor) => came.filter((at) => at > backAt);
  const back = await until(
    async () => returned(doors.imap).length >= counts.imap && returned(doors.xmpp).length >= counts.xmpp,
    600_000,
  );
  await sleep(5_000);

  const sessions = [...returned(doors.imap), ...returned(doors.xmpp)];
  say('every link goes dead');
  const deadAt = performance.now();
  for (const door of Object.values(doors)) door.be('dead');
  const noticed: Record<string, number | undefined> = {};
  await until(async () => {
    for (const [name, door] of Object.entries(doors)) {
      if (noticed[name] !== undefined) continue;
      if (door.came.filter((at) => at > deadAt + 1_000).length > 0)
        noticed[name] = Math.round((performance.now() - deadAt) / 1000);
    }
    return Object.keys(noticed).length === Object.keys(doors).length;
  }, 180_000);
  for (const door of Object.values(doors)) door.be('open');
  return {
    accounts: counts,
    memoryPssMib: { before, after, perAccount: Math.round(((after - before) / all) * 100) / 100 },
    away: { minutes: awayMinutes, ...rates(allCame(doors).filter((at) => at >= wentAt + 5_000 && at < backAt)) },
    onReturn: { ...rates(sessions), allBackAfterSeconds: back },
    deadLinkNoticedAfterSeconds: noticed,
  };
}

type Doors = Record<'imap' | 'xmpp' | 'matrix', FarDoor>;

const allCame = (doors: Doors) => Object.values(doors).flatMap(({ came }) => came);

async function openAccounts(home: BenchHome, stack: AsyncDisposableStack): Promise<Doors> {
  const users = (kind: string, count: number) => Array.from({ length: count }, (_, at) => `${kind}${at}`);
  const mails = users('box', counts.imap);
  const imap = stack.use(
    await dovecot({ users: Object.fromEntries(mails.map((user) => [`${user}@mail.test`, `pw-${user}`])) }),
  );
  const talkers = users('talk', counts.xmpp);
  const xmpp = stack.use(await prosody(talkers));
  const matrix = stack.use(await synapse());
  const doors = {
    imap: stack.use(await farDoor(imap.imapsPort)),
    xmpp: stack.use(await farDoor(xmpp.tlsPort)),
    matrix: stack.use(await farDoor(Number(new URL(matrix.url).port))),
  };
  const write = (name: string, file: object) => home.write(`channels/${name}.yaml`, JSON.stringify(file));
  for (const user of mails) {
    const login = { host: 'localhost', port: doors.imap.port, user: `${user}@mail.test`, password: `pw-${user}` };
    write(user, { kind: 'mail', addresses: [`${user}@mail.test`], imap: { ...login, tls: { ca: imap.caFile } } });
  }
  for (const user of talkers) {
    const login = { jid: `${user}@xmpp.test`, password: `pw-${user}`, host: '127.0.0.1', port: doors.xmpp.port };
    write(user, { kind: 'xmpp', addresses: ['owner@xmpp.test'], ...login, tls: { ca: xmpp.caFile } });
  }
  for (const user of users('room', counts.matrix)) {
    const { userId, token } = matrixClient(matrix.url, await matrix.register(user));
    const homeserver = `http://127.0.0.1:${doors.matrix.port}`;
    write(user, { kind: 'matrix', addresses: ['@owner:matrix.test'], homeserver, userId, token });
  }
  return doors;
}

/** How often somebody came: on average, and in the worst second. */
function rates(came: readonly number[]) {
  const sorted = came.toSorted((a, b) => a - b);
  let worst = 0;
  for (const [at, from] of sorted.entries()) {
    let to = at;
    while (to < sorted.length && sorted[to]! < from + 1_000) to += 1;
    worst = Math.max(worst, to - at);
  }
  const seconds = sorted.length < 2 ? 0 : (sorted.at(-1)! - sorted[0]!) / 1_000;
  return {
    attempts: sorted.length,
    perSecond: Math.round((sorted.length / Math.max(1, seconds)) * 100) / 100,
    worstSecond: worst,
  };
}

/** @returns seconds until it held, undefined where it did not in time */
async function until(holds: () => Promise<boolean>, withinMs: number): Promise<number | undefined> {
  const began = performance.now();
  while (performance.now() - began < withinMs) {
    if (await holds()) return Math.round((performance.now() - began) / 1000);
    await sleep(250);
  }
  return undefined;
}
