import type { GiteaChannel, GithubChannel } from '../../../schemas/channel-file.ts';
import type { ChatServing } from '../../../schemas/chat-adapter.ts';
import type { IncomingMessage } from '../../../schemas/chat-message.ts';
import { messageOfComment } from '../../../schemas/project-comment.ts';
import { askService, refuseAnswer } from '../service/ask-service.ts';
import { listAt, valueAt, wordAt } from '../service/json-at.ts';
import { forgeHeaders, repositoryUrl } from './repository-url.ts';

const place = 'comments';
const pageSize = 50;
/** More is read the next time: what was read is behind the cursor. */
const mostPages = 20;

/**
 * Reads the comments of a repository since the cursor, oldest change first: a delivery that never came is made up for.
 *
 * @source docs.github.com/rest/issues/comments "List issue comments for a repository"; docs.gitea.com/api
 */
export async function readComments(serving: ChatServing<GithubChannel> | ChatServing<GiteaChannel>): Promise<void> {
  const token = await serving.cursor(place);
  if (token === undefined) {
    const [newest] = await pageOf(serving, 'sort=updated&direction=desc&per_page=1&limit=1');
    await serving.take([], { place, token: newest === undefined ? '1970-01-01T00:00:00.000Z 0' : tokenOf(newest) });
    return;
  }
  const since = encodeURIComponent(token.split(' ')[0]!);
  for (let page = 1; page <= mostPages; page += 1) {
    const query = `since=${since}&sort=updated&direction=asc&per_page=${pageSize}&limit=${pageSize}&page=${page}`;
    const comments = await pageOf(serving, query);
    // The time is inclusive, and has seconds only: what the cursor stands at comes again.
    const fresh = comments.filter((one) => tokenOf(one) > token);
    const messages = fresh.flatMap(({ message }) => (message === undefined ? [] : [message]));
    if (fresh.length > 0) await serving.take(messages, { place, token: fresh.map(tokenOf).toSorted().at(-1)! });
    if (comments.length < pageSize) return;
  }
}

interface ReadComment {
  /** RFC 3339, UTC. */
  readonly changed: string;
  readonly id: number;
  readonly message: IncomingMessage | undefined;
}

/** Sorts by the change, then by the id. */
const tokenOf = ({ changed, id }: ReadComment) => `${changed} ${String(id).padStart(16, '0')}`;

async function pageOf(
  { channel, signal }: ChatServing<GithubChannel> | ChatServing<GiteaChannel>,
  query: string,
): Promise<ReadComment[]> {
  const url = `${repositoryUrl(channel)}/issues/comments?${query}`;
  const answer = await askService({ method: 'GET', url, headers: forgeHeaders(channel) }, { signal });
  refuseAnswer(answer, channel.kind);
  return listAt(answer.json).flatMap((one) => {
    const changed = Date.parse(wordAt(one, 'updated_at') ?? '');
    const id = Number(wordAt(one, 'id'));
    if (Number.isNaN(changed) || !Number.isSafeInteger(id)) return [];
    return [{ changed: new Date(changed).toISOString(), id, message: messageOf(channel, one) }];
  });
}

function messageOf(channel: GithubChannel | GiteaChannel, one: unknown): IncomingMessage | undefined {
  const id = wordAt(one, 'id');
  const from = wordAt(one, 'user', 'login');
  const on = /\/(?:issues|pulls?)\/([1-9]\d*)/.exec(
    wordAt(one, 'issue_url') || wordAt(one, 'pull_request_url') || '',
  )?.[1];
  const made = wordAt(one, 'created_at');
  if (id === undefined || from === undefined || on === undefined || made === undefined) return undefined;
  if (from === channel.account || valueAt(one, 'user', 'type') === 'Bot') return undefined;
  const body = wordAt(one, 'body') ?? '';
  return messageOfComment({ id, on, from, body, at: new Date(made).toISOString() }, [`@${channel.account}`]);
}
