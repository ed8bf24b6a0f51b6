/**
 * - What comes by a hook is a turn once, and its answer goes back where it was said.
 * - What happens in a project is told once to its owner, and no approval or report of ours goes there unasked.
 * - An answer whose reply was lost is looked for before anything is said again.
 */
import { expect, test } from 'vitest';
import { fires } from '../../schemas/db/fires.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import type { WebhookProvider } from '../../schemas/trigger-kinds/webhook.ts';
import { githubFarSide, type ServiceFarSide } from '../support/forge-far-sides.ts';
import { slackFarSide } from '../support/hook-far-sides.ts';
import { signWebhook } from '../support/sign-webhook.ts';
import { eventually, startWorld, type World, withBox } from '../support/world.ts';

const fileOf = ({ channel: { name: _name, hash: _hash, ...file } }: ServiceFarSide, more: object = {}) =>
  JSON.stringify({ ...file, readEvery: '5m', ...more });

async function post(
  world: World,
  provider: WebhookProvider,
  payload: string,
  more: { type?: string; id?: string } = {},
) {
  const body = Buffer.from(payload);
  const contentType = payload.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded';
  const given = { body, secret: 'hook-secret', at: new Date(), id: 'd-1', contentType, ...more };
  const url = `http://127.0.0.1:${world.steward().apiPort}/hooks/channels/${provider}`;
  return await fetch(url, { method: 'POST', headers: signWebhook(provider, given), body });
}

const comment = (text: string, from = 'ann', id = 5) =>
  JSON.stringify({
    ...{ action: 'created', sender: { login: from }, issue: { number: 12, title: 'The door' } },
    comment: {
      id,
      body: text,
      user: { login: from },
      created_at: '2026-11-27T07:00:00Z',
      html_url: 'https://x.example/5',
    },
  });

test('a slash command of Slack is answered where it was given, once however often it is delivered', async () => {
  await using far = await slackFarSide('token');
  await using world = await startWorld({ files: { 'channels/slack.yaml': fileOf(far) } });
  const slash = new URLSearchParams({
    ...{ command: '/steward', text: 'help', user_id: 'UANN', channel_id: 'C1', channel_name: 'ops', trigger_id: 't.1' },
  }).toString();
  for (let times = 0; times < 3; times += 1) {
    const answer = await post(world, 'slack', slash);
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  }
  const said = await eventually(async () => (far.posted.length > 0 ? far.posted : undefined));
  expect(said).toMatchObject([{ channel: 'C1', text: expect.stringContaining('/status') }]);
  const { store } = world.steward();
  expect(await store.db.select().from(inbox)).toHaveLength(1);
  const stranger = await post(world, 'slack', slash.replace('UANN', 'UEVE').replace('t.1', 't.2').replace('C1', 'D9'));
  expect(stranger.status).toBe(200);
  await eventually(async () => (far.posted.length > 1 ? true : undefined));
  expect(far.posted[1]).toMatchObject({ channel: 'D9', text: expect.stringContaining('I do not know you') });
  expect(await store.db.select().from(inbox)).toHaveLength(1);
  const forged = await fetch(`http://127.0.0.1:${world.steward().apiPort}/hooks/channels/slack`, {
    ...{ method: 'POST', body: slash, headers: { 'x-slack-signature': 'v0=00', 'x-slack-request-timestamp': '1' } },
  });
  expect(forged.status).toBe(401);
  expect((await post(world, 'mattermost', slash)).status).toBe(404);
}, 60_000);

test('a comment on GitHub is answered by a comment; what others do is told elsewhere', async () => {
  await using far = await githubFarSide('github');
  await using world = await startWorld({ files: { 'channels/github.yaml': fileOf(far) } });
  await withBox(world);
  await post(world, 'github', comment('@steward /help'), { type: 'issue_comment' });
  const said = await eventually(async () => {
    const heard = await far.heard();
    return heard.length > 0 ? heard : undefined;
  });
  expect(said).toMatchObject([{ id: expect.stringMatching(/^out-/), text: expect.stringContaining('Commands') }]);
  expect(far.service.asked.filter(({ method }) => method === 'POST').map(({ path }) => path)).toEqual([
    '/repos/me/house/issues/12/comments',
  ]);
  for (const id of ['d-2', 'd-2', 'd-3']) {
    await post(world, 'github', comment('@steward /run everything', 'eve', 6), { type: 'issue_comment', id });
  }
  const mails = await eventually(async () => (world.maildir('Mail').length > 0 ? world.maildir('Mail') : undefined));
  expect(mails.join('\n')).toContain('eve commented on #12 The door');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(world.maildir('Mail')).toHaveLength(1);
  const { store } = world.steward();
  expect(await store.db.select().from(fires)).toEqual([]);
  expect((await store.db.select().from(inbox)).filter(({ conversationId }) => conversationId !== null)).toHaveLength(1);
  expect(await far.heard()).toHaveLength(1);
}, 90_000);

test('a comment that no delivery told of is read, and an answer whose reply was lost is found and not said again', async () => {
  await using far = await githubFarSide('gitea');
  await using world = await startWorld({ files: { 'channels/gitea.yaml': fileOf(far, { readEvery: '1s' }) } });
  // First sight takes nothing that was there before.
  await eventually(async () => (far.service.asked.length > 2 ? true : undefined));
  far.service.failNext('POST', '/comments', 'drop');
  await far.say('/help');
  const rows = await eventually(async () => {
    const all = await world.steward().store.db.select().from(outbox);
    return all[0]?.state === 'sent' ? all : undefined;
  }, 60_000);
  expect(rows).toMatchObject([{ state: 'sent', attempt: 1, result: { provenBy: 'gitea' } }]);
  expect(await far.heard()).toHaveLength(1);
}, 120_000);
