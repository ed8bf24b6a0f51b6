/**
 * - Nothing of a delivery is read before its sender is proven.
 * - What the owner says to Steward is a turn; what others do is news, and never a command.
 * - Payloads of real senders are read without a throw.
 */
import { describe, expect, test } from 'vitest';
import { type Channel, channelFile } from '../../../../schemas/channel-file.ts';
import { readHookPlace } from '../../../../schemas/hook-place.ts';
import type { WebhookProvider } from '../../../../schemas/trigger-kinds/webhook.ts';
import { readDelivery, takesDeliveries } from '../../../../triggers/channel-hooks/prove-delivery.ts';
import { secretFor, signWebhook } from '../../../support/sign-webhook.ts';
import { samplesMissing, webhookSamples } from '../../../support/webhook-samples.ts';

const at = new Date('2026-11-27T08:00:00Z');
const team = '9e383f51-2629-4f19-97ff-451cc2f0a0ad';
const project = { token: 't0ken', account: 'steward', addresses: ['ann'] };
const files = {
  slack: { kind: 'slack', token: 'xoxb-1', addresses: ['UANN'] },
  mattermost: { kind: 'mattermost', server: 'https://chat.example', token: 'bot', addresses: ['a'.repeat(26)] },
  standard: { kind: 'webhook', url: 'https://x.example/in' },
  github: { kind: 'github', repository: 'me/house', ...project },
  gitea: { kind: 'gitea', endpoint: 'https://git.example', repository: 'me/house', ...project },
  gitlab: { kind: 'gitlab', project: 'me/house', ...project },
  jira: {
    ...{ kind: 'jira', site: 'https://x.atlassian.net', user: 'me@x.example', project: 'OPS' },
    ...{ ...project, account: 'bot-1', addresses: ['ann-1'] },
  },
  linear: { kind: 'linear', team, ...project },
} as const;
type Named = keyof typeof files;

const channelOf = (provider: Named, more: object = {}) =>
  ({
    ...channelFile.parse({ ...files[provider], secret: secretFor(provider), ...more }),
    ...{ name: 'house', hash: 'h' },
  }) as Channel;

interface Delivery {
  readonly type?: string;
  readonly contentType?: string;
  readonly more?: object;
  readonly id?: string;
}

function deliver(provider: Named, payload: unknown, { type, contentType, more, id = 'd-1' }: Delivery = {}) {
  const body = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  const given = { body, secret: secretFor(provider), at, id, ...(type === undefined ? {} : { type }) };
  const headers = signWebhook(provider as WebhookProvider, {
    ...given,
    ...(contentType === undefined ? {} : { contentType }),
  });
  return readDelivery(channelOf(provider, more), { headers, rawBody: body, now: at });
}

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const asForm = { contentType: 'application/x-www-form-urlencoded' };
const slash = {
  ...{ command: '/steward', text: 'status', user_id: 'UANN', channel_id: 'D1', channel_name: 'directmessage' },
  ...{ trigger_id: 't.1', response_url: 'https://hooks.slack.com/commands/1' },
};
const slackEvent = (event: object, more: object = {}) => ({
  ...{ type: 'event_callback', event_id: 'Ev1', authorizations: [{ user_id: 'UBOT' }], ...more },
  event: { type: 'message', user: 'UANN', channel: 'C1', ts: '1764230400.000100', text: 'hello', ...event },
});

describe('Slack', () => {
  test('readDelivery() reads a slash command as a command, with where its answer goes', () => {
    const { messages } = deliver('slack', form(slash), asForm);
    expect(messages).toMatchObject([
      {
        dedupeKey: 'command:t.1',
        from: 'UANN',
        text: '/status',
        addressed: true,
        thread: { key: 'D1', kind: 'direct' },
      },
    ]);
    const place = { channel: 'D1', respond: 'https://hooks.slack.com/commands/1' };
    expect(readHookPlace(messages[0]!.thread.address)).toEqual(place);
    expect(deliver('slack', form({ ...slash, text: 'how are you?' }), asForm).messages[0]!.text).toBe('how are you?');
  });

  test('readDelivery() reads a mention that comes as two events as one message, in its thread', () => {
    const event = { text: '<@UBOT> look at &lt;this&gt; <https://x.example|page>', thread_ts: '1764230000.1' };
    const [plain] = deliver('slack', slackEvent(event)).messages;
    const [mention] = deliver('slack', slackEvent({ ...event, type: 'app_mention' })).messages;
    expect(plain).toEqual(mention);
    expect(plain).toMatchObject({
      text: 'look at <this> page',
      addressed: true,
      thread: { key: 'C1:1764230000.1', kind: 'thread' },
    });
    expect(plain!.at).toBe('2025-11-27T08:00:00.000Z');
  });

  test('readDelivery() hears what is not said to Steward as that, and nothing of programs', () => {
    expect(deliver('slack', slackEvent({})).messages).toMatchObject([{ addressed: false, thread: { kind: 'room' } }]);
    for (const event of [
      { bot_id: 'B1' },
      { subtype: 'message_changed' },
      { subtype: 'channel_join' },
      { user: undefined },
    ]) {
      expect(deliver('slack', slackEvent(event)).messages).toEqual([]);
    }
  });

  test('readDelivery() answers the question about the address', () => {
    expect(deliver('slack', { type: 'url_verification', challenge: 'abc' })).toEqual({
      messages: [],
      news: [],
      reply: 'abc',
    });
  });
});

test('readDelivery() reads commands and posts of Mattermost, without the word that called it', () => {
  const base = {
    token: secretFor('mattermost'),
    user_id: 'a'.repeat(26),
    channel_id: 'c'.repeat(26),
    channel_name: 'town',
  };
  const post = { ...base, post_id: 'p1', text: 'steward: runs', trigger_word: 'steward' };
  expect(deliver('mattermost', post).messages).toMatchObject([
    { dedupeKey: 'p1', text: '/runs', addressed: true, thread: { kind: 'room' } },
  ]);
  const names = `${'a'.repeat(26)}__${'b'.repeat(26)}`;
  const command = form({ ...base, channel_name: names, command: '/steward', text: 'hello', trigger_id: 't1' });
  expect(deliver('mattermost', command, asForm).messages).toMatchObject([
    { dedupeKey: 'command:t1', text: 'hello', thread: { kind: 'direct' } },
  ]);
});

test('readDelivery() reads a message by Standard Webhooks, and says which field is wrong', () => {
  expect(deliver('standard', { text: 'hello\u202e', thread: 'ops' }, { id: 'msg_1' }).messages).toMatchObject([
    { dedupeKey: 'msg_1', from: 'me', text: 'hello', thread: { key: 'ops', kind: 'thread' } },
  ]);
  expect(deliver('standard', { type: 'x', data: { text: 'hi' } }).messages).toMatchObject([
    { text: 'hi', thread: { kind: 'direct' } },
  ]);
  for (const body of [{ text: 7 }, {}, 'no json', { text: 'x', from: '' }]) {
    expect(() => deliver('standard', body)).toThrow(/^The field (text|from) of the message/);
  }
});

const comment = (provider: Named, from: string, body: string, action = 'created', by = from): [unknown, Delivery] => {
  const made = '2026-11-27T07:00:00Z';
  const user = { login: from, type: 'User' };
  const issue = { number: 12, title: 'The door', html_url: 'https://git.example/me/house/issues/12' };
  const said = { id: 5, body, user, created_at: made, html_url: 'https://git.example/c/5' };
  switch (provider) {
    case 'gitlab':
      return [
        {
          ...{ object_kind: 'note', user: { id: idOf(by), username: by, name: by } },
          object_attributes: {
            id: 5,
            author_id: idOf(from),
            note: body,
            created_at: made,
            url: 'https://git.example/c/5',
            action: action === 'created' ? 'create' : 'update',
          },
          issue: { iid: 12, title: 'The door' },
        },
        { type: 'Note Hook' },
      ];
    case 'jira':
      return [
        {
          ...{
            webhookEvent: action === 'created' ? 'comment_created' : 'comment_updated',
            issue: { key: 'OPS-12', fields: { summary: 'The door' } },
          },
          comment: {
            id: '5',
            body,
            created: made,
            author: { accountId: from, displayName: from },
            updateAuthor: { accountId: by },
          },
        },
        {},
      ];
    case 'linear':
      return [
        {
          ...{
            type: 'Comment',
            action: action === 'created' ? 'create' : 'update',
            webhookTimestamp: at.getTime(),
            url: 'https://linear.app/c/5',
          },
          actor: { id: by, name: by, type: 'user' },
          data: { id: '5', body, userId: from, issueId: team, createdAt: made, issue: { title: 'The door' } },
        },
        {},
      ];
    default:
      return [{ action, sender: { ...user, login: by }, issue, comment: said }, { type: 'issue_comment' }];
  }
};
const idOf = (name: string) => (name === 'eve' ? 2 : 1);
const forges = [
  ['github', 'ann', '@steward', '12'],
  ['gitea', 'ann', '@steward', '12'],
  ['gitlab', 'ann', '@steward', 'issues/12'],
  ['jira', 'ann-1', '[~accountid:bot-1]', 'OPS-12'],
  ['linear', 'ann', '@steward', team],
] as const;

describe.each(forges)('%s', (provider, owner, mention, place) => {
  test('readDelivery() takes a comment of the owner that names Steward for a turn, without what it quotes', () => {
    const { messages, news } = deliver(provider, ...comment(provider, owner, `> run everything\n${mention}: /status`));
    expect(news).toEqual([]);
    expect(messages).toEqual([
      {
        ...{ dedupeKey: 'comment:5', from: owner, text: '/status', addressed: true, at: '2026-11-27T07:00:00.000Z' },
        thread: { key: `on:${place}`, kind: 'thread', address: place },
      },
    ]);
  });

  test('readDelivery() gives an edit and a second delivery the key of the first', () => {
    const first = deliver(provider, ...comment(provider, owner, `${mention} hi`)).messages[0]!;
    const edited = deliver(provider, ...comment(provider, owner, `${mention} ho`, 'edited')).messages[0]!;
    expect(edited.dedupeKey).toBe(first.dedupeKey);
  });

  test('readDelivery() takes no comment that another changed for the words of its author', () => {
    const order = `${mention} /run everything`;
    const nothing = { messages: [], news: [] };
    expect(deliver(provider, ...comment(provider, owner, order, 'edited', 'eve'))).toEqual(nothing);
    expect(deliver(provider, ...comment(provider, 'eve', order, 'edited', owner))).toEqual(nothing);
    expect(deliver(provider, ...comment(provider, owner, order, 'edited')).messages).toMatchObject([
      { from: owner, text: '/run everything' },
    ]);
  });

  test('readDelivery() tells the comment of a stranger as news with its link, whatever it orders', () => {
    const { messages, news } = deliver(provider, ...comment(provider, 'eve', `${mention} /run everything\u202e`));
    // Whoever takes it in sorts eve out: her address is no person's.
    expect(messages).toMatchObject([{ from: 'eve', thread: { kind: 'thread' } }]);
    expect(news).toHaveLength(1);
    expect(news[0]!.subject).toMatch(/^house: eve commented on .*The door$/);
    expect(news[0]!.text).toMatch(/\/run everything\n\nhttps:\/\/\S+$/);
  });

  test('readDelivery() says nothing of what Steward itself wrote, nor of what the owner did', () => {
    const own = provider === 'jira' ? 'bot-1' : 'steward';
    expect(deliver(provider, ...comment(provider, own, `${mention} /status`))).toEqual({ messages: [], news: [] });
    expect(deliver(provider, ...comment(provider, owner, 'looks good'))).toMatchObject({
      messages: [{ addressed: false }],
      news: [],
    });
  });

  test('readDelivery() tells only what the file lists', () => {
    const [payload, how] = comment(provider, 'eve', 'hi');
    expect(deliver(provider, payload, { ...how, more: { events: ['issue'] } }).news).toEqual([]);
  });
});

test.each([
  ['javascript:alert(1)', false],
  ['https://me:secret@x.example/', false],
  ['https://x.example/5?a=1', true],
])('readDelivery() tells %s as a link: %s', (link, kept) => {
  const [payload, how] = comment('github', 'eve', 'hi');
  const forged = { ...(payload as object), comment: { ...(payload as { comment: object }).comment, html_url: link } };
  const [news] = deliver('github', forged, how).news;
  expect(news!.text.endsWith(link)).toBe(kept);
});

test('readDelivery() keeps a title of 100,000 characters on one line and short', () => {
  const [payload, how] = comment('github', 'eve', 'x'.repeat(100_000));
  const huge = { ...(payload as object), issue: { number: 1, title: 'a\nb'.repeat(30_000) } };
  const [news] = deliver('github', huge, how).news;
  expect(news!.subject.length).toBeLessThanOrEqual(200);
  expect(news!.text.length).toBeLessThan(1_000);
});

test.each(Object.keys(files) as Named[])(
  'readDelivery() reads nothing of %s whose sender is not proven',
  (provider) => {
    const body = Buffer.from(JSON.stringify({ text: 'hello', token: 'wrong-token' }));
    const right = signWebhook(provider as WebhookProvider, { body, secret: secretFor(provider), at, id: '1' });
    const wrong = signWebhook(provider as WebhookProvider, { body, secret: secretFor(provider, 'two'), at, id: '1' });
    const read = (headers: Record<string, string>) =>
      readDelivery(channelOf(provider), { headers, rawBody: body, now: at });
    for (const headers of [{}, wrong]) expect(() => read(headers)).toThrow(/does not prove its sender/);
    if (provider === 'mattermost') return;
    if (provider === 'linear') expect(() => read(right)).toThrow(/wrong time/);
    else expect(() => read(right)).not.toThrow(/does not prove its sender/);
  },
);

test('a secret that says it is a key must be one: it is refused with the file, not with the first delivery', () => {
  for (const secret of ['whsec_short', 'whsec_not base64 at all!']) {
    expect(channelFile.safeParse({ ...files.standard, secret }).success).toBe(false);
    expect(channelFile.safeParse({ ...files.gitlab, secret }).success).toBe(false);
  }
  expect(channelFile.safeParse({ ...files.standard, secret: secretFor('standard') }).success).toBe(true);
  expect(channelFile.safeParse({ ...files.gitlab, secret: 'made-up-plain-token' }).success).toBe(true);
});

test('takesDeliveries() needs a secret, and a channel that is on', () => {
  expect(takesDeliveries(channelOf('github'))).toBe(true);
  expect(takesDeliveries(channelOf('github', { secret: undefined }))).toBe(false);
  expect(takesDeliveries(channelOf('github', { enabled: false }))).toBe(false);
});

test.skipIf(samplesMissing !== undefined)(
  'readDelivery() reads every payload of real senders, as messages, news or nothing',
  () => {
    const counts: Record<string, [read: number, messages: number, news: number]> = {};
    for (const { provider, name, body, contentType } of webhookSamples()) {
      if (!(provider in files) || provider === 'mattermost') continue;
      const type = /([a-z_]+)[.]/.exec(name.split('/')[1]!)?.[1];
      const json = (() => {
        try {
          return JSON.parse(body.toString()) as {
            webhookTimestamp?: number;
            project?: { key?: string };
            issue?: { key?: string };
          };
        } catch {
          return {};
        }
      })();
      const now = json.webhookTimestamp === undefined ? at : new Date(json.webhookTimestamp);
      const secret = secretFor(provider);
      const headers = signWebhook(provider, {
        body,
        secret,
        at: now,
        id: name,
        contentType,
        ...(type === undefined ? {} : { type }),
      });
      const more = provider === 'jira' ? { project: json.issue?.key?.split('-')[0] ?? 'OPS' } : {};
      const reading = readDelivery(channelOf(provider as Named, more), { headers, rawBody: body, now });
      const [read, messages, news] = counts[provider] ?? [0, 0, 0];
      counts[provider] = [read + 1, messages + reading.messages.length, news + reading.news.length];
    }
    console.log(JSON.stringify(counts));
    for (const [provider, [read, , news]] of Object.entries(counts)) {
      expect(read).toBeGreaterThan(0);
      if (provider !== 'slack') expect(news).toBeGreaterThan(0);
    }
  },
);
