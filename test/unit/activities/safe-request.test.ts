/**
 * - One deadline holds for everything: a name, a connection, a silent server, a drip.
 * - No more of a body is fetched than is kept; what is packed is unpacked up to the same cap.
 * - A redirect reaches another host only on the public internet, in whatever spelling; the owner's own host may be private.
 * - What the owner wrote (headers, credentials, body) reaches the owner's origin and no other.
 * - TLS is verified, 1.2 or later, and the certificate's end is told.
 * - Whatever the far side does is a result without one of its words.
 */
import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { type RequestDeps, type RequestTarget, safeRequest } from '../../../activities/safe-request.ts';
import { isSpecialAddress } from '../../../activities/special-address.ts';
import { faultServer } from '../../support/fault-server.ts';
import { throwawayCa } from '../../support/throwaway-ca.ts';

const ask = (url: string, more: Partial<RequestTarget> = {}, deps: RequestDeps = {}) =>
  safeRequest({ url, method: 'GET', headers: {}, timeoutMs: 10_000, ...more }, deps);

test('safeRequest() gives status and body of a well service', async () => {
  await using server = await faultServer();
  server.use((_request, response) =>
    response.writeHead(201, { 'content-type': 'text/plain', 'set-cookie': 'a=b' }).end('gut ✓'),
  );
  const answer = await ask(`${server.url}/x?y=1`, { headers: { 'X-Key': 'k1\n' } });
  expect(answer).toMatchObject({ kind: 'answer', status: 201, bodyText: 'gut ✓', cut: false });
  expect(server.requests).toMatchObject([{ method: 'GET', path: '/x?y=1', headers: { 'x-key': 'k1' } }]);
});

test('safeRequest() sends method and body', async () => {
  await using server = await faultServer();
  await ask(server.url, { method: 'POST', body: 'größe', headers: { 'content-length': '1' } });
  expect(server.requests).toMatchObject([{ method: 'POST', body: 'größe', headers: { 'content-length': '7' } }]);
});

test('safeRequest() sends the credentials of the address', async () => {
  await using server = await faultServer();
  await ask(server.url.replace('//', '//me:a%40b%@'));
  expect(server.requests[0]?.headers.authorization).toBe(`Basic ${btoa('me:a%40b%')}`);
});

test.each(['/silent', '/drip'])('safeRequest() cuts %s at the deadline', async (path) => {
  await using server = await faultServer();
  expect(await ask(server.url + path, { timeoutMs: 300 })).toMatchObject({
    kind: 'timeout',
    detail: 'no answer within 300 ms',
    sent: true,
  });
  expect(await ask(server.url, { timeoutMs: 10_000 })).toMatchObject({ kind: 'answer' });
});

test('safeRequest() cuts a name that is not answered, and redirects that never end', async () => {
  const never = () => new Promise<string[]>(() => undefined);
  expect(await ask('http://slow.test/', { timeoutMs: 100 }, { lookup: never })).toMatchObject({
    kind: 'timeout',
    sent: false,
  });
  await using server = await faultServer();
  expect(await ask(`${server.url}/to/${encodeURIComponent('/silent')}`, { timeoutMs: 300 })).toMatchObject({
    kind: 'timeout',
    sent: true,
  });
});

test('safeRequest() keeps 256 KiB of a gigabyte and fetches hardly more', async () => {
  await using server = await faultServer();
  const answer = await ask(`${server.url}/endless`);
  expect(answer).toMatchObject({ kind: 'answer', status: 200, cut: true });
  expect(answer.kind === 'answer' && answer.bodyText.length).toBe(262_144);
  // What is on the way fills buffers of the kernel; far from a gigabyte.
  expect(server.bytesWritten()).toBeLessThan(32 * 1_048_576);
});

test('safeRequest() unpacks a gzip bomb up to the cap only', async () => {
  await using server = await faultServer();
  const before = process.memoryUsage.rss();
  const answer = await ask(`${server.url}/bomb`, { maxBytes: 1_000 });
  expect(answer).toMatchObject({ kind: 'answer', cut: true });
  expect(answer.kind === 'answer' && answer.bodyText.length).toBe(1_000);
  expect(await ask(`${server.url}/packed`)).toMatchObject({ kind: 'answer', bodyText: 'well', cut: false });
  expect(process.memoryUsage.rss() - before).toBeLessThan(400 * 1_048_576);
});

test('safeRequest() takes a body at the cap whole and cuts one byte more', async () => {
  await using server = await faultServer();
  expect(await ask(`${server.url}/bytes/100`, { maxBytes: 100 })).toMatchObject({ cut: false });
  expect(await ask(`${server.url}/bytes/101`, { maxBytes: 100 })).toMatchObject({ cut: true });
  expect(await ask(`${server.url}/bytes/101`, { maxBytes: 0 })).toMatchObject({ status: 200, cut: true, bodyText: '' });
});

test.each([
  ['/reset', 'no answer, ECONNRESET'],
  ['/half', 'no answer, ECONNRESET'],
  ['/garbage', /^no answer, HPE_/],
])('safeRequest() names %s without words of the server', async (path, detail) => {
  await using server = await faultServer();
  const answer = await ask(server.url + path);
  expect(answer).toMatchObject({ kind: 'unreachable', sent: true, detail: expect.stringMatching(detail) as string });
  expect(JSON.stringify(answer)).not.toContain('SSH');
});

test('safeRequest() names a closed port, an unknown name and an address that is none', async () => {
  const closed = await faultServer();
  await closed[Symbol.asyncDispose]();
  expect(await ask(closed.url)).toMatchObject({ kind: 'unreachable', code: 'ECONNREFUSED', sent: false });
  const nobody = async () => [];
  expect(await ask('http://nobody.test/', {}, { lookup: nobody })).toMatchObject({ code: 'ENOTFOUND', sent: false });
  expect(await ask('file:///etc/passwd')).toMatchObject({ kind: 'unreachable', code: 'ERR_INVALID_URL' });
  expect(
    await ask('http://x.test/', { headers: { a: 'b\nc: d' } }, { lookup: async () => ['127.0.0.1'] }),
  ).toMatchObject({ kind: 'unreachable', code: 'ERR_INVALID_CHAR', sent: false });
});

test('safeRequest() asks an owner’s own address however private, over IPv6 too', async () => {
  await using server = await faultServer({ host: '::1' });
  expect(await ask(server.url)).toMatchObject({ kind: 'answer', bodyText: 'well' });
  const lookup = async () => ['::1'];
  expect(await ask(`http://nas.test:${server.port}/`, {}, { lookup })).toMatchObject({ kind: 'answer' });
  await using four = await faultServer();
  expect(await ask(`http://[::ffff:127.0.0.1]:${four.port}/`)).toMatchObject({ kind: 'answer' });
});

test('safeRequest() takes the address of a name that works', async () => {
  await using server = await faultServer();
  const lookup = async () => ['::1', '127.0.0.1'];
  expect(await ask(`http://both.test:${server.port}/`, {}, { lookup })).toMatchObject({ kind: 'answer' });
});

test('safeRequest() follows three redirects of the owner’s own host and not a fourth', async () => {
  await using server = await faultServer();
  const chain = (left: number): string => (left === 0 ? '/' : `/to/${encodeURIComponent(chain(left - 1))}`);
  expect(await ask(server.url + chain(3))).toMatchObject({ kind: 'answer', bodyText: 'well' });
  expect(server.requests).toHaveLength(4);
  expect(await ask(server.url + chain(4))).toMatchObject({ kind: 'redirect', detail: 'more than 3 redirects' });
  expect(server.requests).toHaveLength(8);
  expect(await ask(server.url + chain(1), { redirects: 0 })).toMatchObject({
    kind: 'answer',
    status: 302,
    bodyText: 'moved',
  });
});

const refused = 'a redirect leads to an address that is not public';

test.each([
  ...['127.0.0.1', '2130706433', '0x7f000001', '0177.0.0.1', '127.1', '0', '[::1]', '[::ffff:127.0.0.1]'],
  ...['[::ffff:7f00:1]', '[64:ff9b::7f00:1]', '[::127.0.0.1]', '169.254.169.254', '192.168.0.1', '10.0.0.1'],
  ...['[fe80::1]', '[fd00:ec2::254]', '224.0.0.1', 'localhost', '%31%32%37.0.0.1', '%E2%91%A0%E2%91%A1%E2%91%A6.0.0.1'],
])('safeRequest() is not led to %s', async (host) => {
  await using inner = await faultServer();
  await using outer = await faultServer({ host: '127.0.0.2' });
  const to = encodeURIComponent(`http://${host}:${inner.port}/secret`);
  expect(await ask(`${outer.url}/to/${to}`)).toMatchObject({ kind: 'redirect', detail: refused });
  expect(inner.requests).toEqual([]);
});

/** 127.0.0.2 stands for the public internet: there is none where tests run. */
const isSpecial = (address: string) => address !== '127.0.0.2' && isSpecialAddress(address);

test('safeRequest() follows to another host that is public, by literal and by name', async () => {
  await using inner = await faultServer({ host: '127.0.0.2' });
  await using outer = await faultServer();
  const names = { 'public.test': ['127.0.0.2'], 'inside.test': ['127.0.0.1'], 'mixed.test': ['127.0.0.2', '10.0.0.1'] };
  const lookup = async (name: string) => names[name as keyof typeof names];
  const led = (host: string) =>
    ask(`${outer.url}/to/${encodeURIComponent(`http://${host}:${inner.port}/`)}`, {}, { isSpecial, lookup });
  expect(await led('127.0.0.2')).toMatchObject({ kind: 'answer', bodyText: 'well' });
  expect(await led('public.test')).toMatchObject({ kind: 'answer', bodyText: 'well' });
  expect(await led('inside.test')).toMatchObject({ kind: 'redirect', detail: refused });
  expect(await led('mixed.test')).toMatchObject({ kind: 'redirect', detail: refused });
});

test('safeRequest() connects to what a name was judged by, whatever DNS says the second time', async () => {
  await using inner = await faultServer({ host: '127.0.0.2' });
  await using outer = await faultServer();
  let asked = 0;
  const lookup = async () => (asked++ === 0 ? ['127.0.0.2'] : ['127.0.0.1']);
  inner.use((request, response) => {
    if (request.url === '/') response.writeHead(302, { location: '/again' }).end();
    else response.end('inner');
  });
  const to = encodeURIComponent(`http://rebind.test:${inner.port}/`);
  expect(await ask(`${outer.url}/to/${to}`, {}, { isSpecial, lookup })).toMatchObject({ bodyText: 'inner' });
  expect(asked).toBe(1);
});

test('safeRequest() keeps headers, credentials and body with the origin they were written for', async () => {
  await using other = await faultServer({ host: '127.0.0.2' });
  await using own = await faultServer();
  const headers = { authorization: 'Bearer s3cret', 'x-key': 's3cret' };
  const to = encodeURIComponent(`${other.url.replace('//', '//a:b@')}/`);
  const post = { method: 'POST', body: 's3cret', headers };
  expect(await ask(`${own.url}/to/${to}`, post, { isSpecial })).toMatchObject({ kind: 'answer' });
  expect(other.requests).toMatchObject([{ method: 'GET', body: '' }]);
  expect(JSON.stringify(other.requests)).not.toMatch(/s3cret|Basic/);
  expect(await ask(`${own.url}/to/${to}?with=307`, post, { isSpecial })).toMatchObject({
    kind: 'redirect',
    detail: 'a redirect would take the body to another origin',
  });
  expect(other.requests).toHaveLength(1);
  const home = encodeURIComponent('/here');
  expect(await ask(`${own.url}/to/${home}?with=307`, post)).toMatchObject({ kind: 'answer' });
  expect(own.requests.at(-1)).toMatchObject({ method: 'POST', body: 's3cret', headers: { 'x-key': 's3cret' } });
});

test.each(['ftp://x.test/', 'javascript:alert(1)', 'http://', 'http://[::zz]/'])(
  'safeRequest() is not led to %s',
  async (to) => {
    await using server = await faultServer();
    expect(await ask(`${server.url}/to/${encodeURIComponent(to)}`)).toMatchObject({
      kind: 'redirect',
      detail: 'a redirect leads to no web address',
    });
  },
);

const ca = throwawayCa();
const trusted = { ca: ca.cert };

test('safeRequest() tells when the certificate ends', async () => {
  await using server = await faultServer({ tls: { cert: ca.cert, key: ca.key } });
  const endsAt = new Date(new X509Certificate(ca.cert).validTo).toISOString();
  expect(await ask(server.url, {}, trusted)).toMatchObject({ kind: 'answer', certificate: { endsAt } });
});

test('safeRequest() refuses an unknown authority, a wrong name, TLS 1.1 and what is no TLS', async () => {
  await using server = await faultServer({ tls: { cert: ca.cert, key: ca.key } });
  expect(await ask(server.url)).toMatchObject({ kind: 'tls', code: 'SELF_SIGNED_CERT_IN_CHAIN' });
  const lookup = async () => ['127.0.0.1'];
  expect(await ask(`https://other.test:${server.port}/`, {}, { ...trusted, lookup })).toMatchObject({
    kind: 'tls',
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
  expect(await ask(`https://localhost:${server.port}/`, {}, { ...trusted, lookup })).toMatchObject({ kind: 'answer' });
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  await using lax = await faultServer({ tls: { cert: ca.cert, key: ca.key, ...old } });
  expect(await ask(lax.url, {}, trusted)).toMatchObject({ kind: 'tls' });
  await using plain = await faultServer();
  expect(await ask(plain.url.replace('http:', 'https:'))).toMatchObject({ kind: 'tls' });
});

test('safeRequest() verifies although a variable of the process says otherwise', async () => {
  await using server = await faultServer({ tls: { cert: ca.cert, key: ca.key } });
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  try {
    expect(await ask(server.url)).toMatchObject({ kind: 'tls' });
  } finally {
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  }
});

test('safeRequest() is not led from TLS to plain text', async () => {
  await using plain = await faultServer();
  await using server = await faultServer({ tls: { cert: ca.cert, key: ca.key } });
  const to = encodeURIComponent(`http://127.0.0.1:${plain.port}/`);
  expect(await ask(`${server.url}/to/${to}`, {}, trusted)).toMatchObject({
    kind: 'redirect',
    detail: 'a redirect leaves TLS',
  });
  expect(await ask(`${server.url}/to/${encodeURIComponent('/')}`, {}, trusted)).toMatchObject({ kind: 'answer' });
});

test('safeRequest() leaves no connection open', async () => {
  await using server = await faultServer();
  for (const path of ['/', '/endless', '/drip', '/silent', '/to/%2F']) await ask(server.url + path, { timeoutMs: 300 });
  await expect.poll(() => server.openConnections()).toBe(0);
});
