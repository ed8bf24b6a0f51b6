import type { GitlabChannel } from '../../schemas/channel-file.ts';
import { textAt } from '../webhooks/webhook-request.ts';
import { type ProjectEvent, projectReading } from './project-reading.ts';
import type { ReadHook } from './read-hook.ts';
import { when } from './when.ts';

/** Events of a project. @source docs.gitlab.com/user/project/integrations/webhook_events */
export const readGitlab: ReadHook<GitlabChannel> = (channel, { body, deliveryId = '' }) =>
  projectReading(channel, eventOf(body, deliveryId), [`@${channel.account}`]);

const done: Readonly<Record<string, string>> = {
  ...{ open: 'opened', close: 'closed', reopen: 'reopened', merge: 'merged', approved: 'approved' },
};

function eventOf(body: unknown, delivery: string): ProjectEvent {
  const at = (...path: string[]) => textAt(body, ...path);
  const by = at('user', 'username') ?? '';
  const person = { by, name: at('user', 'name') };
  const link = at('object_attributes', 'url');
  const action = at('object_attributes', 'action') ?? '';
  const kind = at('object_kind');
  if (kind === 'note') {
    const on = placeOf(body);
    if (on === undefined) return {};
    // Who changes a note is its user, and need not be who said it.
    if (action === 'update' && at('object_attributes', 'author_id') !== at('user', 'id')) return {};
    const id = at('object_attributes', 'id') ?? '';
    const comment = {
      id,
      on: on.place,
      from: by,
      body: at('object_attributes', 'note') ?? '',
      at: when(at('object_attributes', 'created_at')),
    };
    const happening = {
      kind: 'comment',
      key: `comment:${id}`,
      ...person,
      did: 'commented on',
      what: on.what,
      link,
    } as const;
    return { comment, ...(action === 'update' ? {} : { happening }) };
  }
  const what = `${at('object_attributes', 'iid') ?? ''} ${at('object_attributes', 'title') ?? ''}`;
  if (kind === 'issue' && done[action] !== undefined) {
    return { happening: { kind: 'issue', key: delivery, ...person, did: done[action], what: `#${what}`, link } };
  }
  if (kind === 'merge_request' && done[action] !== undefined) {
    return { happening: { kind: 'review', key: delivery, ...person, did: done[action], what: `!${what}`, link } };
  }
  if (kind === 'pipeline' && at('object_attributes', 'status') === 'failed') {
    const pipeline = `pipeline ${at('object_attributes', 'id') ?? ''} on ${at('object_attributes', 'ref') ?? ''}`;
    const page = link ?? `${at('project', 'web_url') ?? ''}/-/pipelines/${at('object_attributes', 'id') ?? ''}`;
    const key = `pipeline:${at('object_attributes', 'id') ?? delivery}`;
    return { happening: { kind: 'pipeline', key, ...person, did: 'saw a failure of', what: pipeline, link: page } };
  }
  return {};
}

/** Where an answer to a note goes, as the API names it. Notes on commits and snippets have no thread of ours. */
function placeOf(body: unknown): { place: string; what: string } | undefined {
  const issue = textAt(body, 'issue', 'iid');
  if (issue !== undefined)
    return { place: `issues/${issue}`, what: `#${issue} ${textAt(body, 'issue', 'title') ?? ''}` };
  const merge = textAt(body, 'merge_request', 'iid');
  if (merge === undefined) return undefined;
  return { place: `merge_requests/${merge}`, what: `!${merge} ${textAt(body, 'merge_request', 'title') ?? ''}` };
}
