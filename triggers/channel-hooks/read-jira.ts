import type { JiraChannel } from '../../schemas/channel-file.ts';
import { textAt } from '../webhooks/webhook-request.ts';
import { type ProjectEvent, projectReading } from './project-reading.ts';
import type { ReadHook } from './read-hook.ts';
import { when } from './when.ts';

/** Events of a project of Jira. @source developer.atlassian.com/cloud/jira/platform/webhooks */
export const readJira: ReadHook<JiraChannel> = (channel, { body, deliveryId = '' }) =>
  projectReading(channel, eventOf(channel, body, deliveryId), [`[~accountid:${channel.account}]`]);

function eventOf(channel: JiraChannel, body: unknown, delivery: string): ProjectEvent {
  const at = (...path: string[]) => textAt(body, ...path);
  const event = at('webhookEvent') ?? '';
  const key = at('issue', 'key') ?? '';
  // A site sends what happens in all its projects.
  if (!key.startsWith(`${channel.project}-`)) return {};
  const link = `${channel.site.replace(/\/+$/, '')}/browse/${encodeURIComponent(key)}`;
  const what = `${key} ${at('issue', 'fields', 'summary') ?? ''}`;
  const by = at('user', 'accountId') ?? at('comment', 'author', 'accountId') ?? at('user', 'name') ?? '';
  const name = at('user', 'displayName') ?? at('comment', 'author', 'displayName');
  const byBot = at('comment', 'author', 'accountType') === 'app' || at('user', 'accountType') === 'app';
  if (event === 'comment_created' || event === 'comment_updated') {
    const id = at('comment', 'id') ?? '';
    const from = at('comment', 'author', 'accountId') ?? at('comment', 'author', 'name') ?? '';
    const editor = at('comment', 'updateAuthor', 'accountId') ?? at('comment', 'updateAuthor', 'name');
    // Whoever administers the project may change what another said.
    if (event === 'comment_updated' && editor !== from) return {};
    const comment = { id, on: key, from, body: at('comment', 'body') ?? '', at: when(at('comment', 'created')) };
    const happening = {
      kind: 'comment',
      key: `comment:${id}`,
      by: from,
      name,
      did: 'commented on',
      what,
      link,
    } as const;
    return { byBot, comment, ...(event === 'comment_created' ? { happening } : {}) };
  }
  if (event === 'jira:issue_created') {
    return { byBot, happening: { kind: 'issue', key: delivery, by, name, did: 'opened', what, link } };
  }
  const type = at('issue_event_type_name');
  if (
    event === 'jira:issue_updated' &&
    (type === 'issue_assigned' || type === 'issue_generic' || type === 'issue_resolved')
  ) {
    const status = statusChange(body);
    const did = type === 'issue_assigned' ? 'assigned' : status === undefined ? undefined : `moved to ${status}:`;
    return did === undefined ? {} : { byBot, happening: { kind: 'issue', key: delivery, by, name, did, what, link } };
  }
  return {};
}

function statusChange(body: unknown): string | undefined {
  const { changelog } = body as { changelog?: { items?: unknown } };
  const items = Array.isArray(changelog?.items) ? changelog.items : [];
  return textAt(
    items.find((one) => textAt(one, 'field') === 'status'),
    'toString',
  );
}
