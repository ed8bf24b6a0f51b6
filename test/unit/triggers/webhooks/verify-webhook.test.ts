// - What its sender signed holds, byte for byte; one changed byte, another secret or a missing header does not.
// - Several secrets hold at once, and a header counts in whatever case it is written.
// - Where a sender signs the time, a request that is too old or too new is refused; at the edge it is not.
// - The same delivery has the same id; two deliveries have two.
import { sign as signGithub } from '@octokit/webhooks-methods';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { type WebhookProvider, webhookProviders, webhookWhen } from '../../../../schemas/trigger-kinds/webhook.ts';
import { storedSecret } from '../../../../store/files/load-files.ts';
import { verifyWebhook } from '../../../../triggers/webhooks/verify-webhook.ts';
import type { WebhookSettings } from '../../../../triggers/webhooks/webhook-request.ts';
import { hmacSettings, secretFor, signWebhook, trelloCallback } from '../../../support/sign-webhook.ts';
import { samplesMissing, webhookSamples } from '../../../support/webhook-samples.ts';

const now = new Date('2026-03-01T08:00:00Z');

function settingsFor(provider: WebhookProvider, secret: string | string[], more: object = {}): WebhookSettings {
  return webhookWhen.parse({
    webhook: {
      provider,
      secret,
      ...(provider === 'hmac' ? { hmac: hmacSettings } : {}),
      ...(provider === 'trello' ? { callbackUrl: trelloCallback } : {}),
      ...more,
    },
  }).webhook;
}

/** A small body that has what its sender puts into bodies rather than headers. */
function bodyFor(provider: WebhookProvider, secret: string, id: string, at: Date): Buffer {
  const inBody: Partial<Record<WebhookProvider, object>> = {
    slack: { type: 'event_callback', event_id: id, event: { type: 'message', subtype: 'me_message' } },
    mattermost: { token: secret, post_id: id, trigger_word: 'build', text: 'build it' },
    'azure-devops': { id, eventType: 'build.complete' },
    teams: { type: 'message', id, conversation: { id: 'c1' }, text: 'ping' },
    linear: { type: 'Issue', action: 'create', webhookTimestamp: at.getTime() },
    trello: { action: { id, type: 'updateCard' } },
    jira: { webhookEvent: 'jira:issue_updated', issue_event_type_name: 'issue_generic' },
    standard: { type: 'invoice.paid' },
  };
  return Buffer.from(JSON.stringify({ ...inBody[provider], words: 'grüße', id2: id }));
}

function request(provider: WebhookProvider, options: { secret?: string; id?: string; at?: Date; body?: Buffer } = {}) {
  const { secret = secretFor(provider), id = 'delivery-1', at = now } = options;
  const body = options.body ?? bodyFor(provider, secret, id, at);
  return { rawBody: body, now, headers: signWebhook(provider, { body, secret, at, id }) };
}

const timed: readonly WebhookProvider[] = ['standard', 'slack', 'linear', 'hmac'];
const overBody = webhookProviders.filter((name) => !['mattermost', 'azure-devops', 'bearer', 'gitlab'].includes(name));

describe.each(webhookProviders)('verifyWebhook() for %s', (provider) => {
  const settings = settingsFor(provider, secretFor(provider));
  const refusedOf = (verdict: ReturnType<typeof verifyWebhook>) => (verdict.ok ? 'accepted' : verdict.refused);

  test('accepts what its sender sent, and knows it again by its id', () => {
    const first = verifyWebhook(request(provider), settings);
    const again = verifyWebhook(request(provider), settings);
    const other = verifyWebhook(request(provider, { id: 'delivery-2' }), settings);
    expect(first).toMatchObject({ ok: true, body: { words: 'grüße' } });
    if (!first.ok || !again.ok || !other.ok) throw new Error('not accepted');
    expect(first.deliveryId).toMatch(/.+/);
    expect(again.deliveryId).toBe(first.deliveryId);
    expect(other.deliveryId).not.toBe(first.deliveryId);
  });

  test('refuses another secret', () => {
    const verdict = verifyWebhook(request(provider, { secret: secretFor(provider, 'two') }), settings);
    expect(refusedOf(verdict)).toBe('wrong signature');
  });

  test('accepts either of two secrets while one is being replaced', () => {
    const both = settingsFor(provider, [secretFor(provider, 'two'), secretFor(provider)]);
    expect(refusedOf(verifyWebhook(request(provider), both))).toBe('accepted');
    expect(refusedOf(verifyWebhook(request(provider, { secret: secretFor(provider, 'two') }), both))).toBe('accepted');
    expect(refusedOf(verifyWebhook(request(provider, { secret: secretFor(provider, 'three') }), both))).toBe(
      'wrong signature',
    );
  });

  test('reads its headers in any case, and refuses a request that lacks all of them', () => {
    const signed = request(provider);
    const odd = Object.fromEntries(
      Object.entries(signed.headers).map(([name, value]) => [
        name.replace(/./g, (char, at) => (at % 2 === 0 ? char.toUpperCase() : char)),
        value,
      ]),
    );
    expect(refusedOf(verifyWebhook({ ...signed, headers: odd }, settings))).toBe('accepted');
    const bare = { ...signed, rawBody: Buffer.from('{"words":"x"}'), headers: { 'content-type': 'application/json' } };
    expect(refusedOf(verifyWebhook(bare, settings))).toBe('unsigned');
  });

  test('refuses a signature that is empty, cut, or no signature at all', () => {
    const signed = request(provider, provider === 'mattermost' ? { body: Buffer.from('{"token":"x"}') } : {});
    for (const change of [(text: string) => text.slice(0, -3), () => '', () => '\u00e9\u0000,=', () => 'v1,=']) {
      const headers = Object.fromEntries(
        Object.entries(signed.headers).map(([name, value]) => [
          name,
          /signature|authorization|token|webhook$/.test(name) ? change(value) : value,
        ]),
      );
      expect(refusedOf(verifyWebhook({ ...signed, headers }, settings))).not.toBe('accepted');
    }
  });

  test('takes a body that is empty, no JSON, or nested a million deep without breaking', () => {
    for (const body of ['', '{', '['.repeat(1_000_000), '\ufeff\u0000', '{"__proto__":{"words":1}}']) {
      const signed = request(provider, { body: Buffer.from(body) });
      const verdict = refusedOf(verifyWebhook(signed, settings));
      // Linear's time and Mattermost's token are in the body: without one there is no proof.
      expect(verdict).toBe({ linear: 'wrong time', mattermost: 'unsigned' }[provider as string] ?? 'accepted');
    }
    expect(({} as { words?: number }).words).toBeUndefined();
  });
});

test.each(overBody)('verifyWebhook() refuses a body of %s in which one bit was changed', (provider) => {
  const signed = request(provider);
  const settings = settingsFor(provider, secretFor(provider));
  for (const at of [0, signed.rawBody.length >> 1, signed.rawBody.length - 1]) {
    const rawBody = Buffer.from(signed.rawBody);
    rawBody[at]! ^= 1;
    expect(verifyWebhook({ ...signed, rawBody }, settings)).toEqual({ ok: false, refused: 'wrong signature' });
  }
  expect(verifyWebhook({ ...signed, rawBody: signed.rawBody.subarray(1) }, settings).ok).toBe(false);
  expect(verifyWebhook(signed, settings).ok).toBe(true);
});

test.each(timed)('verifyWebhook() takes a time of %s at the tolerance, and none a second over', (provider) => {
  const settings = settingsFor(provider, secretFor(provider), { tolerance: '5m' });
  for (const [seconds, ok] of [
    [-300, true],
    [-301, false],
    [300, true],
    [301, false],
  ] as const) {
    const at = new Date(now.getTime() + seconds * 1000);
    const verdict = verifyWebhook(request(provider, { at }), settings);
    expect(verdict.ok ? verdict.sentAt?.getTime() : verdict.refused).toBe(ok ? at.getTime() : 'wrong time');
  }
});

test.each(timed.filter((name) => name !== 'linear'))(
  'verifyWebhook() refuses a time of %s that was moved',
  (provider) => {
    const settings = settingsFor(provider, secretFor(provider));
    const old = request(provider, { at: new Date(now.getTime() - 86_400_000) });
    const headers = Object.fromEntries(
      Object.entries(old.headers).map(([name, value]) => [
        name,
        /time/.test(name) ? String(now.getTime() / 1000) : value,
      ]),
    );
    expect(verifyWebhook({ ...old, headers }, settings)).toEqual({ ok: false, refused: 'wrong signature' });
  },
);

test('verifyWebhook() for standard agrees with the library of Standard Webhooks, both ways', () => {
  const secret = secretFor('standard');
  const body = '{"type":"invoice.paid","words":"grüße"}';
  const signature = new Webhook(secret).sign('msg_1', now, body);
  const seconds = String(now.getTime() / 1000);
  const theirs = { 'webhook-id': 'msg_1', 'webhook-timestamp': seconds, 'webhook-signature': signature };
  const settings = settingsFor('standard', secret);
  const verdict = verifyWebhook({ rawBody: Buffer.from(body), now, headers: theirs }, settings);
  expect(verdict).toMatchObject({ ok: true, deliveryId: 'msg_1', eventType: 'invoice.paid' });
  const rotated = { ...theirs, 'webhook-signature': `v1a,AAAA v1,${'A'.repeat(44)} ${signature}` };
  expect(verifyWebhook({ rawBody: Buffer.from(body), now, headers: rotated }, settings).ok).toBe(true);
  const onlyOther = { ...theirs, 'webhook-signature': signature.replace('v1,', 'v1a,') };
  expect(verifyWebhook({ rawBody: Buffer.from(body), now, headers: onlyOther }, settings).ok).toBe(false);
  const at = new Date();
  const ours = signWebhook('standard', { body: Buffer.from(body), secret, at, id: 'msg_2' });
  expect(new Webhook(secret).verify(body, ours)).toMatchObject({ type: 'invoice.paid' });
});

test('verifyWebhook() for github agrees with the library of GitHub', async () => {
  const body = '{"action":"opened","words":"grüße"}';
  const headers = {
    'x-hub-signature-256': await signGithub(secretFor('github'), body),
    'x-github-event': 'issues',
    'x-github-delivery': 'd-1',
  };
  const verdict = verifyWebhook(
    { rawBody: Buffer.from(body), now, headers },
    settingsFor('github', secretFor('github')),
  );
  expect(verdict).toMatchObject({ ok: true, deliveryId: 'd-1', eventType: 'issues', aliases: ['issues.opened'] });
});

test('verifyWebhook() for slack accepts the sample of its documentation', () => {
  const rawBody = Buffer.from(
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  );
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': '1531420618',
    'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  };
  const settings = settingsFor('slack', '8f742231b10e8888abcd99yyyzzz85a5');
  const verdict = verifyWebhook({ rawBody, headers, now: new Date(1531420618_000) }, settings);
  expect(verdict).toMatchObject({
    ok: true,
    eventType: '/webhook-collect',
    deliveryId: '398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  });
});

test('verifyWebhook() for slack gives a challenge only where the signature holds', () => {
  const body = Buffer.from('{"type":"url_verification","challenge":"abc123"}');
  const settings = settingsFor('slack', secretFor('slack'));
  expect(verifyWebhook(request('slack', { body }), settings)).toMatchObject({ ok: true, challenge: 'abc123' });
  expect(verifyWebhook(request('slack', { body, secret: 'another-secret' }), settings)).toEqual({
    ok: false,
    refused: 'wrong signature',
  });
});

test('verifyWebhook() for gitlab never takes a signing token that comes in plain text', () => {
  const signing = secretFor('standard');
  const signed = request('gitlab', { secret: signing });
  expect(verifyWebhook(signed, settingsFor('gitlab', signing))).toMatchObject({ ok: true, deliveryId: 'delivery-1' });
  const plain = { ...signed, headers: { 'x-gitlab-token': signing, 'idempotency-key': 'delivery-1' } };
  expect(verifyWebhook(plain, settingsFor('gitlab', signing))).toEqual({ ok: false, refused: 'unsigned' });
  const mixed = settingsFor('gitlab', [signing, secretFor('gitlab')]);
  expect(verifyWebhook(request('gitlab'), mixed).ok).toBe(true);
  expect(verifyWebhook(signed, mixed).ok).toBe(true);
});

test('verifyWebhook() for gitea takes the signature of Forgejo and of Gogs, and not a good one behind a bad one', () => {
  const { headers, rawBody } = request('gitea');
  const settings = settingsFor('gitea', secretFor('gitea'));
  const renamed = (forge: string) =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.replace('gitea', forge), value]));
  expect(verifyWebhook({ rawBody, now, headers: renamed('forgejo') }, settings)).toMatchObject({ ok: true });
  expect(verifyWebhook({ rawBody, now, headers: renamed('gogs') }, settings)).toMatchObject({ ok: true });
  const forged = { ...headers, 'x-forgejo-signature': '0'.repeat(64) };
  expect(verifyWebhook({ rawBody, now, headers: forged }, settings).ok).toBe(false);
});

test('verifyWebhook() for mattermost reads a form, and hides the token from the flow', () => {
  const rawBody = Buffer.from(`token=${secretFor('mattermost')}&post_id=p1&text=build+now`);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const verdict = verifyWebhook({ rawBody, now, headers }, settingsFor('mattermost', secretFor('mattermost')));
  expect(verdict).toEqual({ ok: true, deliveryId: 'p1', body: { post_id: 'p1', text: 'build now' } });
});

test('verifyWebhook() for bearer gives no id where the sender gives none: each request is its own event', () => {
  const { headers, rawBody } = request('bearer');
  const settings = settingsFor('bearer', secretFor('bearer'));
  const { 'idempotency-key': _, ...bare } = headers;
  const verdict = verifyWebhook({ rawBody, now, headers: bare }, settings);
  expect(verdict).toMatchObject({ ok: true });
  expect(verdict).not.toHaveProperty('deliveryId');
});

test('verifyWebhook() reads JSON out of the field payload of a form, as GitHub and Slack send it', () => {
  const rawBody = Buffer.from(`payload=${encodeURIComponent('{"action":"opened"}')}`);
  const signed = signWebhook('github', {
    ...{ body: rawBody, secret: secretFor('github'), at: now, id: 'd', type: 'issues' },
    contentType: 'application/x-www-form-urlencoded',
  });
  expect(verifyWebhook({ rawBody, now, headers: signed }, settingsFor('github', secretFor('github')))).toMatchObject({
    body: { action: 'opened' },
    aliases: ['issues.opened'],
  });
});

test.skipIf(samplesMissing !== undefined)(
  'verifyWebhook() accepts every payload of real senders, and none changed',
  () => {
    const samples = webhookSamples();
    const seen = new Map<string, number>();
    for (const sample of samples) {
      const { provider, contentType } = sample;
      const secret = secretFor(provider);
      const settings = settingsFor(provider, secret);
      // These files are of a service that keeps its token in the body; the rest goes out as it is.
      const body =
        provider === 'mattermost'
          ? Buffer.from(JSON.stringify({ ...JSON.parse(sample.body.toString()), token: secret }))
          : sample.body;
      const at = provider === 'linear' ? new Date(JSON.parse(body.toString()).webhookTimestamp) : now;
      const headers = signWebhook(provider, { body, secret, at, id: sample.name, contentType });
      const verdict = verifyWebhook({ rawBody: body, now: at, headers }, settings);
      expect(verdict, sample.name).toMatchObject({ ok: true, deliveryId: expect.stringMatching(/./) });
      if (verdict.ok) expect(typeof verdict.body, sample.name).toBe('object');
      if (overBody.includes(provider)) {
        const rawBody = Buffer.concat([body, Buffer.from(' ')]);
        expect(verifyWebhook({ rawBody, now: at, headers }, settings).ok, sample.name).toBe(false);
      }
      seen.set(provider, (seen.get(provider) ?? 0) + 1);
    }
    expect(samples.length).toBe(253);
    expect([...seen.keys()].sort()).toHaveLength(11);
  },
);

test('webhookWhen takes no secret that would come to an empty or a short key', () => {
  const takes = (provider: WebhookProvider, secret: string | string[]) =>
    webhookWhen.safeParse({ webhook: { provider, secret } }).success;
  const key = (bytes: number) => Buffer.alloc(bytes, 'k').toString('base64');
  for (const provider of ['standard', 'gitlab'] as const) {
    for (const bad of ['whsec_!!', 'whsec_', `whsec_${key(15)}`]) expect(takes(provider, bad)).toBe(false);
    expect(takes(provider, `whsec_${key(16)}`)).toBe(true);
    expect(takes(provider, [`whsec_${key(16)}`, 'whsec_!!!!'])).toBe(false);
    expect(takes(provider, 'plain-secret')).toBe(true);
  }
  for (const bad of ['!!!!$$$$', key(15), 'not base64 at all, but long']) expect(takes('teams', bad)).toBe(false);
  for (const good of [key(16), storedSecret]) expect(takes('teams', good)).toBe(true);
  expect(takes('github', '!!!!$$$$')).toBe(true);
});

test('webhookWhen refuses what a provider does not read', () => {
  const issues = (provider: WebhookProvider, more: object) =>
    webhookWhen
      .safeParse({ webhook: { provider, secret: secretFor(provider), ...more } })
      .error?.issues.map(({ path }) => path.at(-1));
  for (const provider of ['github', 'bearer', 'mattermost', 'teams'] as const) {
    expect(issues(provider, { tolerance: '1m' })).toEqual(['tolerance']);
    expect(issues(provider, { callbackUrl: trelloCallback })).toEqual(['callbackUrl']);
    expect(issues(provider, {})).toBeUndefined();
  }
  for (const provider of ['standard', 'gitlab', 'slack', 'linear'] as const) {
    expect(issues(provider, { tolerance: '1m' })).toBeUndefined();
  }
  const { timestampHeader: _none, ...untimed } = hmacSettings;
  expect(issues('hmac', { hmac: untimed, tolerance: '1m' })).toEqual(['tolerance']);
  expect(issues('hmac', { hmac: hmacSettings, tolerance: '1m' })).toBeUndefined();
  expect(issues('trello', {})).toEqual(['callbackUrl']);
});
