import type { GithubChannel } from '../../schemas/channel-file.ts';
import { textAt } from '../webhooks/webhook-request.ts';
import { type ProjectEvent, projectReading } from './project-reading.ts';
import type { ReadHook } from './read-hook.ts';
import { when } from './when.ts';

/** Events of a repository. @source docs.github.com/webhooks/webhook-events-and-payloads */
export const readGithub: ReadHook<GithubChannel> = (channel, { body, eventType = '', deliveryId = '' }) =>
  projectReading(channel, { ...eventOf(body, eventType, deliveryId), byBot: isBot(body) }, [`@${channel.account}`]);

const isBot = (body: unknown): boolean => textAt(body, 'sender', 'type') === 'Bot';

function eventOf(body: unknown, type: string, delivery: string): ProjectEvent {
  const action = textAt(body, 'action') ?? '';
  const by = textAt(body, 'sender', 'login') ?? '';
  const at = (...path: string[]) => textAt(body, ...path);
  const named = (of: 'issue' | 'pull_request') => `#${at(of, 'number')} ${at(of, 'title') ?? ''}`;
  if (type === 'issue_comment' || type === 'pull_request_review_comment') {
    const of = type === 'issue_comment' ? 'issue' : 'pull_request';
    if (action !== 'created' && action !== 'edited') return {};
    // Whoever may write to the repository may change what another said.
    if (action === 'edited' && by !== at('comment', 'user', 'login')) return {};
    const id = at('comment', 'id') ?? '';
    return {
      comment: {
        // Two tables of comments at the far side, each with ids of its own.
        ...{
          id: of === 'issue' ? id : `review-${id}`,
          on: at(of, 'number') ?? '',
          from: at('comment', 'user', 'login') ?? '',
        },
        ...{ body: at('comment', 'body') ?? '', at: when(at('comment', 'created_at')) },
      },
      ...(action === 'created'
        ? {
            happening: {
              kind: 'comment',
              key: `comment:${of}:${id}`,
              by,
              did: 'commented on',
              what: named(of),
              link: at('comment', 'html_url'),
            },
          }
        : {}),
    };
  }
  if (type === 'issues' && ['opened', 'closed', 'reopened', 'assigned'].includes(action)) {
    return {
      happening: { kind: 'issue', key: delivery, by, did: action, what: named('issue'), link: at('issue', 'html_url') },
    };
  }
  if (
    type === 'pull_request' &&
    ['opened', 'closed', 'reopened', 'ready_for_review', 'review_requested'].includes(action)
  ) {
    const merged =
      action === 'closed' && (body as { pull_request?: { merged?: unknown } }).pull_request?.merged === true;
    const did = merged
      ? 'merged'
      : ({ ready_for_review: 'marked as ready', review_requested: 'asked for a review of' }[action] ?? action);
    return {
      happening: {
        kind: 'review',
        key: delivery,
        by,
        did,
        what: named('pull_request'),
        link: at('pull_request', 'html_url'),
      },
    };
  }
  if (type === 'workflow_run' && action === 'completed' && at('workflow_run', 'conclusion') === 'failure') {
    const what = `${at('workflow_run', 'name') ?? 'a workflow'} on ${at('workflow_run', 'head_branch') ?? ''}`;
    return {
      happening: {
        kind: 'pipeline',
        key: delivery,
        by,
        did: 'saw a failure of',
        what,
        link: at('workflow_run', 'html_url'),
      },
    };
  }
  return {};
}
