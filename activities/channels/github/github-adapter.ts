import type { GiteaChannel, GithubChannel } from '../../../schemas/channel-file.ts';
import type { OutgoingChat } from '../../../schemas/chat-message.ts';
import type { ServiceAsk } from '../service/ask-service.ts';
import { issuePlaceOf, noSuchPlace } from '../service/issue-place.ts';
import { listAt, wordAt } from '../service/json-at.ts';
import { markedMarkdown, markOf, mintedBefore, titleOf } from '../service/marked.ts';
import { type Service, serviceAdapter } from '../service/service-adapter.ts';
import { readComments } from './read-comments.ts';
import { type ForgeChannel, forgeHeaders, repositoryUrl } from './repository-url.ts';

const numbered = /^[1-9]\d{0,9}$/;

/**
 * Comments and issues of one repository.
 *
 * @source docs.github.com/rest/issues; docs.gitea.com/api
 */
const service: Service<ForgeChannel> = {
  // A body has 65,536 characters; what Markdown escapes becomes longer.
  limits: { maxChars: 30_000, readsBack: true },
  check: (channel) => ({ method: 'GET', url: repositoryUrl(channel), headers: forgeHeaders(channel) }),
  say: async (channel, message) => {
    const place = issuePlaceOf(message, numbered);
    if (place === undefined) return noSuchPlace;
    const { id, document } = message;
    const body = markedMarkdown(id, document);
    const issues = `${repositoryUrl(channel)}/issues`;
    const ask = { method: 'POST', headers: forgeHeaders(channel) } as const;
    return place.kind === 'new'
      ? { ...ask, url: issues, body: { title: titleOf(document), body } }
      : { ...ask, url: `${issues}/${place.on}/comments`, body: { body } };
  },
  find: async (channel, message) => {
    const ask = whereCopies(channel, message);
    if (ask === undefined) return undefined;
    const mark = markOf(message.id);
    return {
      ask,
      isCopy: (json) =>
        listAt(json).some(
          (one) =>
            wordAt(one, 'user', 'login')?.toLowerCase() === channel.account.toLowerCase() &&
            wordAt(one, 'body')?.includes(mark),
        ),
    };
  },
  read: readComments,
};

/** Nothing that is older than the message can be a copy of it. */
function whereCopies(channel: ForgeChannel, message: OutgoingChat): ServiceAsk | undefined {
  const place = issuePlaceOf(message, numbered);
  if (place === undefined) return undefined;
  const since = mintedBefore(message.id).toISOString();
  const page = channel.kind === 'gitea' ? 'limit=50' : 'per_page=100';
  const issues = `${repositoryUrl(channel)}/issues`;
  const query = `since=${encodeURIComponent(since)}&${page}`;
  const url =
    place.kind === 'new' ? `${issues}?state=all&sort=created&${query}` : `${issues}/${place.on}/comments?${query}`;
  return { method: 'GET', url, headers: forgeHeaders(channel) };
}

export const githubAdapter = serviceAdapter<GithubChannel>(service as Service<GithubChannel>);
export const giteaAdapter = serviceAdapter<GiteaChannel>(service as Service<GiteaChannel>);
