import type { GiteaChannel } from '../../schemas/channel-file.ts';
import { textAt } from '../webhooks/webhook-request.ts';
import { type ProjectEvent, projectReading } from './project-reading.ts';
import type { ReadHook } from './read-hook.ts';
import { when } from './when.ts';

/** Events of a repository of Gitea or Forgejo. @source docs.gitea.com/usage/webhooks */
export const readGitea: ReadHook<GiteaChannel> = (channel, { body, eventType = '', deliveryId = '' }) =>
  projectReading(channel, eventOf(body, eventType, deliveryId), [`@${channel.account}`]);

function eventOf(body: unknown, type: string, delivery: string): ProjectEvent {
  const action = textAt(body, 'action') ?? '';
  const by = textAt(body, 'sender', 'login') ?? textAt(body, 'sender', 'username') ?? '';
  const at = (...path: string[]) => textAt(body, ...path);
  const of = at('pull_request', 'number') === undefined ? 'issue' : 'pull_request';
  const what = `#${at(of, 'number') ?? ''} ${at(of, 'title') ?? ''}`;
  const link = at(of, 'html_url') ?? at(of, 'url');
  if (at('comment', 'id') !== undefined && (action === 'created' || action === 'edited')) {
    const id = at('comment', 'id')!;
    const from = at('comment', 'user', 'login') ?? at('comment', 'user', 'username') ?? '';
    // Whoever may write to the repository may change what another said.
    if (action === 'edited' && by !== from) return {};
    const comment = {
      id,
      on: at(of, 'number') ?? '',
      from,
      body: at('comment', 'body') ?? '',
      at: when(at('comment', 'created_at')),
    };
    const happening = {
      kind: 'comment',
      key: `comment:${id}`,
      by,
      did: 'commented on',
      what,
      link: at('comment', 'html_url'),
    } as const;
    return { comment, ...(action === 'created' ? { happening } : {}) };
  }
  if (type.startsWith('issue') && ['opened', 'closed', 'reopened', 'assigned'].includes(action)) {
    return { happening: { kind: 'issue', key: delivery, by, did: action, what, link } };
  }
  if (type.startsWith('pull_request') && ['opened', 'closed', 'reopened', 'review_requested'].includes(action)) {
    const merged =
      action === 'closed' && (body as { pull_request?: { merged?: unknown } }).pull_request?.merged === true;
    const did = merged ? 'merged' : action === 'review_requested' ? 'asked for a review of' : action;
    return { happening: { kind: 'review', key: delivery, by, did, what, link } };
  }
  return {};
}
