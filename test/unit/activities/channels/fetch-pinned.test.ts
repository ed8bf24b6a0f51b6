// Policy: where it leads is judged by addresses, whatever a name says.
import { expect, onTestFinished, test } from 'vitest';
import { fetchPinned } from '../../../../activities/channels/fetch-pinned.ts';
import { faultServer } from '../../../support/fault-server.ts';

const { signal } = new AbortController();

async function service() {
  const server = await faultServer();
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

test('fetchPinned() gives status, body and what is asked of its headers', async () => {
  const server = await service();
  server.use((_request, response) => {
    response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '7', 'set-cookie': 'a=b' }).end('{}');
  });
  const answer = await fetchPinned({ loopbackOnly: true, signal }, new URL(server.url));
  expect([answer.status, await answer.text(), [...answer.headers]]).toEqual([
    ...[429, '{}', [...Object.entries({ 'content-type': 'application/json', 'retry-after': '7' })]],
  ]);
});

test('fetchPinned() sends nothing without TLS to an address that is not loopback', async () => {
  const server = await service();
  // This one leads here all the same, so that the test would see a request.
  const url = new URL(server.url.replace('127.0.0.1', '0.0.0.0'));
  await expect(fetchPinned({ loopbackOnly: true, signal }, url)).rejects.toMatchObject({ code: 'channelInsecure' });
  expect(server.requests).toEqual([]);
});

test('fetchPinned() gives a body that is endless no answer', async () => {
  const server = await service();
  const endless = fetchPinned({ loopbackOnly: true, signal }, new URL(`${server.url}/endless`));
  await expect(endless).rejects.toMatchObject({ name: 'NoAnswer' });
  expect(server.bytesWritten()).toBeLessThan(200_000_000);
});

test.each([204, 304])('fetchPinned() gives the answer %d, which has no body', async (status) => {
  const server = await service();
  expect((await fetchPinned({ loopbackOnly: true, signal }, new URL(`${server.url}/status/${status}`))).status).toBe(
    status,
  );
});

test('fetchPinned() is cut by its signal, also before it looks a name up', async () => {
  const server = await service();
  const url = new URL(server.url.replace('127.0.0.1', 'localhost'));
  const reach = { loopbackOnly: true, signal: AbortSignal.abort() };
  await expect(fetchPinned(reach, url)).rejects.toMatchObject({ name: 'NoAnswer' });
  expect(server.requests).toEqual([]);
});
