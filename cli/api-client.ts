import { readFileSync } from 'node:fs';
import { type FailureCode, failures, StewardError } from '../schemas/errors.ts';
import { readPorts } from '../workers/home/choose-ports.ts';
import { homePlaces } from '../workers/home/open-home.ts';
import { homeRoot } from './home-root.ts';

/** The API of the Steward that runs in one home, as the commands use it. */
export interface ApiClient {
  /** @throws notRunning, or what the API said */
  get<T>(path: string): Promise<T>;
  getText(path: string): Promise<string>;
  /** Not repeated by itself: give a request id where a second call must not act twice. */
  post<T>(path: string, body?: object): Promise<T>;
  delete<T>(path: string): Promise<T>;
  /** Hands back the answer of any status. @throws notRunning */
  send(method: string, path: string, headers: Readonly<Record<string, string>>, text?: string): Promise<Response>;
}

/**
 * Opens the API by the port and token that the home holds, or by STEWARD_API_URL and STEWARD_API_TOKEN.
 *
 * @throws notRunning when no Steward has ever served here
 */
export function apiClient(root = homeRoot(), env: NodeJS.ProcessEnv = process.env): ApiClient {
  const home = homePlaces(root);
  const ports = readPorts(home.ports);
  const base = env.STEWARD_API_URL ?? (ports === undefined ? undefined : `http://127.0.0.1:${ports.api}`);
  const notRunning = () => new StewardError('notRunning', `No Steward runs in ${root}`);
  if (base === undefined) throw notRunning();
  const token = env.STEWARD_API_TOKEN ?? readToken(home.apiToken);

  const send: ApiClient['send'] = (method, path, headers, text) =>
    fetch(new URL(path, base), {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(text === undefined ? {} : { body: text }),
      signal: AbortSignal.timeout(60_000),
    }).catch((cause: unknown) => {
      if ((cause as { cause?: { code?: string } }).cause?.code === 'ECONNREFUSED') throw notRunning();
      throw cause;
    });
  const call = async (method: string, path: string, body?: object): Promise<Response> => {
    const answer = await (body === undefined
      ? send(method, path, {})
      : send(method, path, { 'content-type': 'application/json' }, JSON.stringify(body)));
    if (!answer.ok) throw await failureOf(answer, `${method} ${path}`);
    return answer;
  };
  return {
    send,
    get: async <T>(path: string) => (await (await call('GET', path)).json()) as T,
    getText: async (path) => (await call('GET', path)).text(),
    post: async <T>(path: string, body: object = {}) => (await (await call('POST', path, body)).json()) as T,
    delete: async <T>(path: string) => (await (await call('DELETE', path)).json()) as T,
  };
}

/** What an answer that is none of success says. */
export async function failureOf(answer: Response, what: string): Promise<Error> {
  const text = await answer.text();
  try {
    const { code, detail } = JSON.parse(text) as { code: string; detail: string };
    if (code in failures) return new StewardError(code as FailureCode, detail);
    return new Error(detail);
  } catch {
    return new Error(`${what} was answered with status ${answer.status}`);
  }
}

function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new StewardError('notRunning', `There is no API token at ${path}`, { cause });
  }
}
