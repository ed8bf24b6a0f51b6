import type { GitlabChannel } from '../../../schemas/channel-file.ts';
import type { OutgoingChat } from '../../../schemas/chat-message.ts';
import { noSuchPlace } from '../service/issue-place.ts';
import { listAt, wordAt } from '../service/json-at.ts';
import { markedMarkdown, markOf, mintedBefore, titleOf } from '../service/marked.ts';
import { type Service, serviceAdapter } from '../service/service-adapter.ts';

/** `issues/12`, `merge_requests/3`: as GitLab calls what a note is on. */
const noted = /^(issues|merge_requests)\/[1-9]\d{0,9}$/;

/**
 * Notes and issues of one project.
 *
 * @source docs.gitlab.com/api/notes, docs.gitlab.com/api/issues
 */
const service: Service<GitlabChannel> = {
  // A note has a million characters; nobody reads so many.
  limits: { maxChars: 60_000, readsBack: true },
  check: (channel) => ({ method: 'GET', url: projectUrl(channel), headers: headersOf(channel) }),
  say: async (channel, message) => {
    const notes = notesUrl(channel, message);
    const { id, address, document } = message;
    const text = markedMarkdown(id, document);
    const ask = { method: 'POST', headers: headersOf(channel) } as const;
    if (address === 'new') {
      return { ...ask, url: `${projectUrl(channel)}/issues`, body: { title: titleOf(document), description: text } };
    }
    return notes === undefined ? noSuchPlace : { ...ask, url: notes, body: { body: text } };
  },
  find: async (channel, message) => {
    const mark = markOf(message.id);
    const query = 'order_by=created_at&sort=desc&per_page=100';
    const since = encodeURIComponent(mintedBefore(message.id).toISOString());
    const url =
      message.address === 'new'
        ? `${projectUrl(channel)}/issues?${query}&created_after=${since}`
        : notesUrl(channel, message, query);
    if (url === undefined) return undefined;
    const words = message.address === 'new' ? 'description' : 'body';
    return {
      ask: { method: 'GET', url, headers: headersOf(channel) },
      isCopy: (json) =>
        listAt(json).some(
          (one) =>
            wordAt(one, 'author', 'username')?.toLowerCase() === channel.account.toLowerCase() &&
            wordAt(one, words)?.includes(mark),
        ),
    };
  },
};

const projectUrl = ({ endpoint, project }: GitlabChannel) =>
  `${endpoint.replace(/\/+$/, '')}/api/v4/projects/${encodeURIComponent(project)}`;

function notesUrl(channel: GitlabChannel, { address }: OutgoingChat, query = ''): string | undefined {
  if (!noted.test(address)) return undefined;
  return `${projectUrl(channel)}/${address}/notes${query === '' ? '' : `?${query}`}`;
}

const headersOf = ({ token }: GitlabChannel) => ({ 'private-token': token });

export const gitlabAdapter = serviceAdapter<GitlabChannel>(service);
