import { readFileSync } from 'node:fs';
import { MatrixError, MatrixHttpApi, Method, safeGetRetryAfterMs } from 'matrix-js-sdk/lib/http-api/index.js';
import { TypedEventEmitter } from 'matrix-js-sdk/lib/models/typed-event-emitter.js';
import type { MatrixChannel } from '../../../schemas/channel-file.ts';
import { StewardError } from '../../../schemas/errors.ts';
import { NoAnswer } from '../../request-once.ts';
import { fetchPinned, type Reach, tooLarge } from '../fetch-pinned.ts';
import { AnswerTooLarge, HomeserverRefusal } from './homeserver-refusal.ts';

/** One account at its homeserver. */
export interface Homeserver {
  /** Named in sentences. */
  readonly host: string;
  /**
   * Asks once, and never again by itself. @returns the JSON of the answer
   *
   * @throws channelBusy, channelLoginRefused, channelInsecure; `HomeserverRefusal` for an answer that is no success
   */
  ask(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, options?: AskOptions): Promise<unknown>;
}

interface AskOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly timeoutMs?: number;
  /** Called before the first byte of the request leaves; not where none ever does. */
  readonly onSending?: () => void;
}

const certificate = /^(?:ERR_SSL|ERR_TLS|EPROTO|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|CERT_|HOSTNAME_MISMATCH)/;
const patienceMs = 20_000;
const refusesLogin = new Set<unknown>(['M_UNKNOWN_TOKEN', 'M_MISSING_TOKEN', 'M_USER_LOCKED']);

/**
 * Makes ready to ask a homeserver. Only the HTTP layer of the SDK is loaded: it costs a quarter of what its client does.
 *
 * @param signal - cuts every request
 * @throws channelInsecure for plain HTTP to another machine, and where the authority's file cannot be read
 */
export function openHomeserver(channel: MatrixChannel, signal?: AbortSignal): Homeserver {
  const url = new URL(channel.homeserver);
  const { host } = url;
  const reach = reachOf(channel, url);
  return {
    host,
    ask: async (method, path, { query = {}, body, timeoutMs = patienceMs, onSending } = {}) => {
      let broke: unknown;
      let status = 0;
      const time = AbortSignal.timeout(timeoutMs);
      const cut = signal === undefined ? time : AbortSignal.any([signal, time]);
      const fetchFn: typeof fetch = async (target, init) => {
        try {
          const answer = await fetchPinned(
            { ...reach, signal: cut, ...(onSending && { onSending }) },
            target as URL,
            init,
          );
          status = answer.status;
          return answer;
        } catch (error) {
          // The SDK keeps of it only the words.
          broke = error;
          throw error;
        }
      };
      // One a request: what it came to is then known to be of this request.
      const http = new MatrixHttpApi(new TypedEventEmitter(), {
        ...{ baseUrl: channel.homeserver, prefix: '/_matrix/client/v3', accessToken: channel.token.trim() },
        ...{ onlyData: true, fetchFn },
      });
      try {
        return await http.authedRequest<unknown>(Method[methods[method]], path, { ...query }, body);
      } catch (error) {
        throw nameFailure(broke ?? error, host, status);
      }
    },
  };
}

const methods = { GET: 'Get', PUT: 'Put', POST: 'Post', DELETE: 'Delete' } as const;

function reachOf({ tls }: MatrixChannel, url: URL): Reach {
  const plain = url.protocol !== 'https:';
  if (plain && !/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)) {
    throw new StewardError(
      'channelInsecure',
      `The homeserver ${url.host} is not this machine and is named without TLS`,
    );
  }
  let ca: string | undefined;
  try {
    ca = tls?.ca === undefined ? undefined : readFileSync(tls.ca, 'utf8');
  } catch {
    throw new StewardError('channelInsecure', `Cannot read the certificate authority ${tls?.ca} for ${url.host}`);
  }
  const serverName = tls?.serverName;
  return { loopbackOnly: plain, ...(ca !== undefined && { ca }), ...(serverName !== undefined && { serverName }) };
}

/** @param status - of the answer, 0 where none came: the SDK forgets it where the body is no JSON */
function nameFailure(cause: unknown, host: string, status: number): Error {
  if (cause instanceof StewardError) return cause;
  if (status !== 0 && (status < 200 || status > 299)) {
    const errcode = cause instanceof MatrixError ? cause.errcode : undefined;
    // A proxy answers 401 as well, and knows nothing of the account.
    if (errcode === 'M_USER_DEACTIVATED' || (status === 401 && refusesLogin.has(errcode))) {
      return new StewardError('channelLoginRefused', `The homeserver ${host} refused the token`);
    }
    return new HomeserverRefusal(status, errcode, safeGetRetryAfterMs(cause, 5_000));
  }
  const code = cause instanceof NoAnswer ? cause.code : undefined;
  if (code === tooLarge) return new AnswerTooLarge(host);
  if (cause instanceof NoAnswer && cause.kind === 'tls' && certificate.test(code ?? '')) {
    return new StewardError('channelInsecure', `No secure connection to the homeserver ${host}: ${code}`);
  }
  return new StewardError(
    'channelBusy',
    `The homeserver ${host} gave no answer${code === undefined ? '' : ` (${code})`}`,
  );
}
