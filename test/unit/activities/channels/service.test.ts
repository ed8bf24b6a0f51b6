/**
 * What an answer of a service behind HTTP means for a message: whether it left, whether it may be there all the same, and
 * when it may be tried again. Nothing of it goes in the clear to another machine, or to an address that a stranger named.
 */
import { expect, onTestFinished, test } from 'vitest';
import { saying } from '../../../../schemas/chat-document.ts';
import type { OutgoingChat } from '../../../../schemas/chat-message.ts';
import { systemClock } from '../../../../schemas/clock.ts';
import { writeHookPlace } from '../../../../schemas/hook-place.ts';
import { chatIdOf, newId } from '../../../../schemas/ids.ts';
import { githubFarSide, jiraFarSide, linearFarSide, type ServiceFarSide } from '../../../support/forge-far-sides.ts';
import { mattermostFarSide, slackFarSide, webhookFarSide } from '../../../support/hook-far-sides.ts';
import { scriptedService } from '../../../support/scripted-service.ts';

const begins = async () => undefined;
const answer = (address: string, text = 'an answer'): OutgoingChat => ({
  ...{ id: chatIdOf(newId('outbox', systemClock)), address, kind: 'thread', document: [saying(text)], text },
});
async function made<F extends ServiceFarSide>(make: Promise<F>): Promise<F> {
  const far = await make;
  onTestFinished(() => far[Symbol.asyncDispose]());
  return far;
}

test.each([
  [
    { status: 429, headers: { 'retry-after': '7' } },
    { state: 'again', waitMs: 7_000 },
  ],
  [
    { status: 403, headers: { 'retry-after': '60' } },
    { state: 'again', waitMs: 60_000 },
  ],
  [{ status: 401 }, { state: 'failed', code: 'channelLoginRefused' }],
  [{ status: 403 }, { state: 'failed', code: 'HTTP_403' }],
  [
    { status: 403, json: { message: 'You have exceeded a secondary rate limit.' } },
    { state: 'again', waitMs: 60_000 },
  ],
  [
    { status: 403, json: { message: 'Resource not accessible by personal access token' } },
    { state: 'failed', code: 'HTTP_403' },
  ],
  [{ status: 422 }, { state: 'failed', code: 'HTTP_422' }],
  [{ status: 500 }, { state: 'unknown' }],
  [{ status: 504 }, { state: 'unknown' }],
  ['drop', { state: 'unknown' }],
] as const)('send() takes %j for %j', async (fault, result) => {
  const far = await made(githubFarSide('github'));
  far.service.failNext('POST', '/comments', fault);
  const message = answer('12');
  expect(await far.adapter.send(far.channel, message, begins)).toMatchObject(result);
  expect(await far.adapter.findCopy(far.channel, message)).toEqual(
    fault === 'drop' ? { found: true, where: 'github' } : { found: false },
  );
});

test('send() waits for the window of GitHub to end where it says that nothing is left', async () => {
  const far = await made(githubFarSide('github'));
  const until = Math.floor(Date.now() / 1_000) + 90;
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(until) };
  far.service.failNext('POST', '/comments', { status: 403, headers });
  const result = await far.adapter.send(far.channel, answer('12'), begins);
  expect(result).toMatchObject({ state: 'again' });
  expect(result.state === 'again' && result.waitMs).toBeGreaterThan(60_000);
  far.service.failNext('GET', '/repos', { status: 403, headers });
  await expect(far.adapter.check(far.channel, new AbortController().signal)).rejects.toMatchObject({
    code: 'channelBusy',
  });
});

test.each([
  ['RATELIMITED', { state: 'again' }],
  ['INPUT_ERROR', { state: 'failed', code: 'HTTP_400' }],
])('send() on Linear takes a 400 that says %s for %j', async (code, result) => {
  const far = await made(linearFarSide());
  // The first request asks whether it is there already.
  let asks = 0;
  const failSecond = async () => {
    asks += 1;
    far.service.failNext('POST', '/', { status: 400, json: { errors: [{ message: 'no', extensions: { code } }] } });
  };
  expect(await far.adapter.send(far.channel, answer(far.ownerAddress), failSecond)).toMatchObject(result);
  expect(asks).toBe(1);
  expect(await far.heard()).toEqual([]);
});

test('findCopy() on Jira asks for no date, which would be of a time zone that we do not know', async () => {
  const far = await made(jiraFarSide());
  const message = answer('new');
  await far.adapter.send(far.channel, message, begins);
  expect(await far.adapter.findCopy(far.channel, message)).toMatchObject({ found: true });
  const { jql } = far.service.asked.at(-1)!.body as { jql: string };
  expect(jql).toMatch(/^project = OPS AND labels = "steward-out-\w+"$/);
});

test('findCopy() knows its own login in whatever case the file has it', async () => {
  const far = await made(githubFarSide('github'));
  const message = answer('12');
  await far.adapter.send(far.channel, message, begins);
  const channel = { ...far.channel, account: 'Steward' } as typeof far.channel;
  expect(await far.adapter.findCopy(channel, message)).toMatchObject({ found: true });
});

test.each([
  ['github', '../../../user'],
  ['github', '12/../../other'],
  ['jira', 'OTHER'],
  ['linear', 'new" }'],
])('send() on %s says nothing at the address %s', async (kind, address) => {
  const make = { github: () => githubFarSide('github'), jira: jiraFarSide, linear: linearFarSide }[kind]!;
  const far = await made(make());
  expect(await far.adapter.send(far.channel, answer(address), begins)).toMatchObject({
    state: 'failed',
    code: 'addressUnknown',
  });
  expect(far.service.asked).toEqual([]);
});

test('findCopy() believes no mark that another wrote', async () => {
  const far = await made(githubFarSide('github'));
  const message = answer('1');
  await far.say(`<!-- steward:${message.id} -->`);
  expect(await far.adapter.findCopy(far.channel, message)).toEqual({ found: false });
});

test('send() makes an issue where nothing else is named, with a title of its own words', async () => {
  const far = await made(githubFarSide('github'));
  const message = {
    ...answer('new'),
    document: [{ kind: 'heading' as const, text: 'The report' }, saying('All is well.')],
  };
  expect(await far.adapter.send(far.channel, message, begins)).toMatchObject({ state: 'sent' });
  const [asked] = far.service.asked.filter(({ method }) => method === 'POST');
  expect(asked).toMatchObject({ path: '/repos/me/house/issues', body: { title: 'The report' } });
  expect(await far.adapter.findCopy(far.channel, message)).toMatchObject({ found: true });
});

test('send() speaks only to the service itself, whatever address came with a command', async () => {
  const stranger = await scriptedService(() => ({}));
  onTestFinished(() => stranger[Symbol.asyncDispose]());
  for (const far of [await made(slackFarSide('webhook')), await made(mattermostFarSide('webhook'))]) {
    const own = writeHookPlace({ channel: 'C1', respond: `${far.service.url}/respond/1` });
    const foreign = writeHookPlace({ channel: 'C1', respond: `${stranger.url}/steal` });
    expect(await far.adapter.send(far.channel, answer(foreign), begins)).toMatchObject({ state: 'sent' });
    expect(far.service.asked.at(-1)?.path).toMatch(/^\/hooks?\/1$/);
    if (far.channel.kind === 'slack') {
      await far.adapter.send(far.channel, answer(own), begins);
      expect(far.service.asked.at(-1)?.path).toBe('/respond/1');
    }
  }
  expect(stranger.asked).toEqual([]);
});

test('send() on Slack takes a success that says no for a no', async () => {
  const far = await made(slackFarSide('token'));
  const gone = answer(writeHookPlace({ channel: 'CGONE' }));
  expect(await far.adapter.send(far.channel, gone, begins)).toMatchObject({
    state: 'failed',
    code: 'channel_not_found',
  });
  const wrong = { ...far.channel, token: 'xoxb-wrong' } as typeof far.channel;
  await expect(far.adapter.check(wrong, new AbortController().signal)).rejects.toMatchObject({
    code: 'channelLoginRefused',
  });
  await far.adapter.check(far.channel, new AbortController().signal);
});

test('send() tries a lost answer of a webhook again only where its receiver drops repeats', async () => {
  const far = await made(webhookFarSide());
  for (const [repeats, state] of [
    ['shown', 'unknown'],
    ['dropped', 'again'],
  ] as const) {
    far.service.failNext('POST', '/in', 'drop');
    const channel = { ...far.channel, repeats } as typeof far.channel;
    expect(await far.adapter.send(channel, answer('hook'), begins)).toMatchObject({ state });
  }
});

test('send() on a webhook is signed as any verifier of Standard Webhooks reads it', async () => {
  const far = await made(webhookFarSide());
  const message = answer('hook', 'hello');
  await far.adapter.send(far.channel, message, begins);
  const [got] = far.got;
  const { Webhook } = await import('standardwebhooks');
  const verified = new Webhook((far.channel as { secret: string }).secret).verify(
    got!.raw,
    got!.headers as Record<string, string>,
  );
  expect(verified).toMatchObject({ type: 'message', data: { id: message.id, text: 'hello' } });
});

test('send() puts nothing in the clear to another machine', async () => {
  const far = await made(githubFarSide('github'));
  const channel = { ...far.channel, endpoint: 'http://192.0.2.1' } as typeof far.channel;
  let began = false;
  const result = await far.adapter.send(channel, answer('12'), async () => {
    began = true;
  });
  expect(result).toMatchObject({ state: 'again', detail: expect.stringContaining('named without TLS') });
  expect(began).toBe(true);
});
