import { faultServer } from './fault-server.ts';

/** A small web service that a test breaks and mends. */
export interface TestService extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string;
  /** Status of `/` from now on. */
  status: number;
  /** What `/restart` does; answers 204 when left alone. */
  onRestart: (answer: (status: number) => void) => void;
  /** Calls of `/restart`, by Idempotency-Key. */
  readonly restarts: readonly string[];
  looks(): number;
}

/** Starts one on a free port of this machine: `/` answers with its status, `/restart` is its action. */
export async function testService(): Promise<TestService> {
  const server = await faultServer();
  const restarts: string[] = [];
  const service = {
    url: server.url,
    status: 200,
    onRestart: (answer: (status: number) => void) => answer(204),
    restarts,
    looks: () => server.requests.filter(({ path }) => path === '/').length,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
  server.use((request, response) => {
    const answer = (status: number) => response.writeHead(status).end();
    if (request.url !== '/restart') return answer(service.status);
    restarts.push(String(request.headers['idempotency-key']));
    service.onRestart(answer);
  });
  return service;
}
