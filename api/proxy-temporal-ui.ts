import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { StewardError } from '../schemas/errors.ts';
import { cookieName } from './check-access.ts';

/** Headers that belong to one connection, and what is ours to know only. @source RFC 9110 7.6.1 */
const keptHere = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'proxy-authorization'];

/**
 * Passes a request on to Temporal's UI, which runs under the same path (`--ui-public-path /temporal`), and its answer
 * back. Neither our login cookie nor the token goes along.
 *
 * @throws temporalBusy where the UI does not answer
 */
export function proxyTemporalUi(target: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { hostname, port } = new URL(target);
  const headers: IncomingMessage['headers'] = { ...incoming.headers, host: `${hostname}:${port}` };
  for (const name of [...keptHere, 'cookie', 'authorization', 'origin']) delete headers[name];
  // The UI keeps a cookie of its own against forged requests; ours stays here.
  const cookies = (incoming.headers.cookie ?? '')
    .split(/; */)
    .filter((one) => one !== '' && !one.startsWith(`${cookieName}=`));
  if (cookies.length > 0) headers.cookie = cookies.join('; ');
  return new Promise((resolve, reject) => {
    const onward = request(
      { hostname, port, method: incoming.method, path: incoming.url, headers, timeout: 60_000 },
      (answer) => {
        for (const [name, value] of Object.entries(answer.headers)) {
          if (value !== undefined && !keptHere.includes(name)) outgoing.setHeader(name, value);
        }
        outgoing.writeHead(answer.statusCode ?? 502);
        answer.pipe(outgoing);
        outgoing.on('close', () => {
          answer.destroy();
          resolve();
        });
      },
    );
    onward.on('timeout', () => onward.destroy(new Error('timeout')));
    onward.on('error', (cause) => {
      if (outgoing.headersSent) {
        outgoing.destroy();
        resolve();
      } else {
        reject(new StewardError('temporalBusy', 'The Temporal UI does not answer', { cause }));
      }
    });
    incoming.pipe(onward);
  });
}
