/**
 * - Statuses, ranges, silence, body and certificate are faults as the file says; what is no answer says nothing else.
 * - No pattern holds up the process: one that takes too long says nothing.
 * - No word of the far side is in what a watch says.
 */
import { expect, test } from 'vitest';
import { findPattern } from '../../../activities/find-pattern.ts';
import { judgeAnswer, redirectsFor } from '../../../activities/judge-answer.ts';
import type { SafeAnswer } from '../../../activities/safe-request.ts';
import { triggerFile } from '../../../schemas/trigger-file.ts';
import { httpWhen } from '../../../schemas/trigger-kinds/http.ts';

const now = new Date('2026-03-01T00:00:00Z');
const rule = (more: object = {}) => httpWhen.parse({ http: { url: 'https://shop.example/health', ...more } }).http;
const answer = (status: number, bodyText = '', endsAt?: string): SafeAnswer => ({
  ...{ kind: 'answer', status, bodyText, cut: false, ms: 7 },
  ...(endsAt === undefined ? {} : { certificate: { endsAt } }),
});
const silent = (kind: 'timeout' | 'unreachable' | 'tls' | 'redirect', code?: string): SafeAnswer => ({
  ...{ kind, detail: `no answer, ${kind}`, sent: true, ms: 7 },
  ...(code === undefined ? {} : { code }),
});
const verdict = async (given: SafeAnswer, more?: object) => (await judgeAnswer(given, rule(more), now)).verdict;

test('judgeAnswer() knows statuses and ranges, at their edges', async () => {
  const status = [404, '500-503'];
  for (const bad of [404, 500, 503]) expect(await verdict(answer(bad), { status })).toBe('fault');
  for (const good of [403, 405, 499, 504, 200]) expect(await verdict(answer(good), { status })).toBe('well');
});

test('judgeAnswer() takes silence for a fault where the file names it, and else for nothing', async () => {
  for (const kind of ['timeout', 'unreachable', 'tls'] as const) {
    expect(await verdict(silent(kind))).toBe('fault');
    expect(await verdict(silent(kind), { status: [500] })).toBe('unknown');
  }
  expect(await verdict(silent('redirect'))).toBe('unknown');
  expect(await verdict(silent('redirect'), { status: ['redirect'] })).toBe('fault');
});

test('judgeAnswer() looks into the body by pattern', async () => {
  const body = { matches: '(?i)error', lacks: '"ok":\\s*true' };
  expect(await judgeAnswer(answer(200, '{"ok": true}'), rule({ body }), now)).toMatchObject({ verdict: 'well' });
  const bad = await judgeAnswer(answer(200, '{"ok": true, "s3cret": "ERROR"}'), rule({ body }), now);
  expect(bad).toMatchObject({ verdict: 'fault', detail: 'status 200, the body holds what marks a fault' });
  expect(bad.facts).toEqual({ host: 'shop.example', status: 200, answer: 'answer', ms: 7 });
  expect(await judgeAnswer(answer(200, 'maintenance'), rule({ body }), now)).toMatchObject({
    ...{ verdict: 'fault', detail: 'status 200, the body lacks what it should hold' },
  });
});

test('judgeAnswer() counts the days of a certificate, at the limit and one over', async () => {
  const certificate = { expiresWithin: '14d' };
  expect(await judgeAnswer(answer(200, '', '2026-03-15T00:00:00Z'), rule({ certificate }), now)).toMatchObject({
    ...{ verdict: 'fault', detail: 'the certificate ends in 14 days' },
  });
  expect(await verdict(answer(200, '', '2026-03-15T00:00:00.001Z'), { certificate })).toBe('well');
  expect(await verdict(silent('tls', 'CERT_HAS_EXPIRED'), { certificate, status: [500] })).toBe('fault');
  expect(await verdict(silent('tls', 'CERT_HAS_EXPIRED'), { status: [500] })).toBe('unknown');
});

test('redirectsFor() follows unless the file names a redirect among the faults', () => {
  expect(redirectsFor(rule())).toBe(3);
  expect(redirectsFor(rule({ status: ['redirect'] }))).toBe(3);
  expect(redirectsFor(rule({ status: [302] }))).toBe(0);
  expect(redirectsFor(rule({ status: ['300-399'] }))).toBe(0);
});

test('findPattern() says nothing where a pattern takes too long, and leaves the process free', async () => {
  const text = `b${'a'.repeat(262_142)}c`;
  let ticks = 0;
  const ticking = setInterval(() => ticks++, 5);
  expect(await findPattern('(x|a){1,900}b$', text, 300)).toBeUndefined();
  clearInterval(ticking);
  expect(ticks).toBeGreaterThan(5);
  expect(await findPattern('a+c$', text)).toBe(true);
  expect(await findPattern('zz', text)).toBe(false);
  expect(await findPattern('a', 'cat')).toBe(true);
});

test.each([
  [{ for: { n: 4, of: 3 } }, 'is more than `of`'],
  [{ url: 'http://x.example/', certificate: { expiresWithin: '1d' } }, 'needs an address that begins with https://'],
  [{ method: 'HEAD', body: { lacks: 'x' } }, 'is not there to look at with method HEAD'],
  [{ status: ['503-500'] }, 'expected the smaller status first'],
  [{ every: '500ms' }, 'expected 1s or more'],
  [{ body: { matches: '(?<=x)y' } }, 'is no pattern'],
  [{ url: 'ftp://x.example/' }, 'expected an address'],
])('triggerFile refuses the watch %j', (more, words) => {
  const http = { url: 'https://shop.example/', ...more };
  const parsed = triggerFile.safeParse({ run: 'noop', when: { http } });
  expect(JSON.stringify(parsed.error?.issues)).toContain(words);
});
