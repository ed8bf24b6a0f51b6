import type { LinearChannel } from '../../schemas/channel-file.ts';
import { textAt } from '../webhooks/webhook-request.ts';
import { type ProjectEvent, projectReading } from './project-reading.ts';
import type { ReadHook } from './read-hook.ts';
import { when } from './when.ts';

/** Events of a workspace, of which those of the team count. @source linear.app/developers/webhooks */
export const readLinear: ReadHook<LinearChannel> = (channel, { body, deliveryId = '' }) =>
  projectReading(channel, eventOf(channel, body, deliveryId), ['@steward', `@${channel.account}`]);

function eventOf(channel: LinearChannel, body: unknown, delivery: string): ProjectEvent {
  const at = (...path: string[]) => textAt(body, ...path);
  const type = at('type');
  const action = at('action');
  const link = at('url');
  const by = at('actor', 'id') ?? at('data', 'userId') ?? at('data', 'creatorId') ?? '';
  const name = at('actor', 'name') ?? at('data', 'user', 'name');
  const byBot = at('actor', 'type') !== undefined && at('actor', 'type') !== 'user';
  if (type === 'Comment' && (action === 'create' || action === 'update')) {
    const id = at('data', 'id') ?? '';
    const team = at('data', 'issue', 'teamId') ?? at('data', 'issue', 'team', 'id');
    if (team !== undefined && team !== channel.team) return {};
    const what = at('data', 'issue', 'title') ?? '';
    const from = at('data', 'userId') ?? by;
    if (action === 'update' && by !== from) return {};
    const comment = {
      id,
      on: at('data', 'issueId') ?? '',
      from,
      body: at('data', 'body') ?? '',
      at: when(at('data', 'createdAt')),
    };
    const happening = {
      kind: 'comment',
      key: `comment:${id}`,
      by: from,
      name,
      did: 'commented on',
      what,
      link,
    } as const;
    return { byBot, comment, ...(action === 'create' ? { happening } : {}) };
  }
  const team = at('data', 'teamId') ?? at('data', 'team', 'id');
  if (type === 'Issue' && team === channel.team && action === 'create') {
    const what = `${at('data', 'identifier') ?? ''} ${at('data', 'title') ?? ''}`.trim();
    return { byBot, happening: { kind: 'issue', key: delivery, by, name, did: 'opened', what, link } };
  }
  return {};
}
