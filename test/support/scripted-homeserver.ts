import type { MatrixChannel } from '../../schemas/channel-file.ts';
import { type Asked, faultServer } from './fault-server.ts';

type Answer = readonly [status: number, body: unknown];
/** @param path - with its query, decoded */
type Answering = (path: string) => Answer | 'reset' | 'silent';

/** A homeserver that answers what a test says, and 404 `M_NOT_FOUND` elsewhere. */
export interface ScriptedHomeserver extends AsyncDisposable {
  readonly url: string;
  readonly channel: MatrixChannel;
  readonly requests: readonly Asked[];
  /** @param path - what the path begins with, after the prefix; the last one said counts. A text is sent as it stands. */
  on(path: string, answer: Answer | Answering): void;
}

export const scripted = { us: '@steward:matrix.test', owner: '@owner:matrix.test', room: '!room:matrix.test' } as const;

/** Starts one on loopback. */
export async function scriptedHomeserver(): Promise<ScriptedHomeserver> {
  const server = await faultServer();
  const answers: [string, Answering][] = [];
  const on: ScriptedHomeserver['on'] = (path, answer) => {
    answers.unshift([path, typeof answer === 'function' ? answer : () => answer]);
  };
  on('/account/whoami', [200, { user_id: scripted.us }]);
  server.use((request, response) => {
    const path = decodeURIComponent(request.url!.replace('/_matrix/client/v3', ''));
    const found = answers.find(([begin]) => path.startsWith(begin))?.[1](path) ?? [404, { errcode: 'M_NOT_FOUND' }];
    if (found === 'reset') return void request.socket.resetAndDestroy();
    if (found === 'silent') return;
    const [status, body] = found;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  return {
    ...{ url: server.url, requests: server.requests, on },
    channel: {
      ...{
        kind: 'matrix',
        name: 'matrix',
        hash: 'matrix',
        owner: 'me',
        enabled: true,
        privacy: 'any',
        readEvery: 900_000,
      },
      ...{ addresses: [scripted.owner], homeserver: server.url, userId: scripted.us, token: 'token-of-ours' },
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

let events = 0;
/** An event as a homeserver gives it out. */
export function eventOf(content: object, more: object = {}): Record<string, unknown> {
  events += 1;
  return {
    ...{ event_id: `$event-${events}`, sender: scripted.owner, type: 'm.room.message' },
    ...{ origin_server_ts: 1_790_000_000_000 + events, content, ...more },
  };
}

export const textOf = (body: string, more: object = {}) => ({ msgtype: 'm.text', body, ...more });
