import type { GiteaChannel, GithubChannel } from '../../../schemas/channel-file.ts';
import type { ChatServing } from '../../../schemas/chat-adapter.ts';
import type { IncomingMessage } from '../../../schemas/chat-message.ts';
import { type Clock, systemClock } from '../../../schemas/clock.ts';
import { messageOfComment } from '../../../schemas/project-comment.ts';
import { askService, refuseAnswer } from '../service/ask-service.ts';
import { listAt, valueAt, wordAt } from '../service/json-at.ts';
import { forgeHeaders, repositoryUrl } from './repository-url.ts';

const place = 'comments';
const pageSize = 50;
/** Clocks of two machines differ by less. */
const firstSightMs = 86_400_000;

/**
 * Reads the comments of a repository since the cursor: a delivery that never came is made up for. What is older than
 * the cursor and was changed since is no new word of its author, who need not be the one that changed it.
 *
 * @source docs.github.com/rest/issues/comments "List issue comments for a repository"; docs.gitea.com/api
 */
export async function readComments(serving: Serving, clock: Clock = systemClock): Promise<void> {
  const token = await serving.cursor(place);
  const from = token ?? `${new Date(clock.now().getTime() - firstSightMs).toISOString()} 0`;
  const [since] = from.split(' ') as [string];
  let furthest = from;
  for (let page = 1; ; page += 1) {
    const comments = await pageOf(serving, since, page);
    // The time is inclusive, and has seconds only: what the cursor stands at comes again.
    const fresh = comments.filter((one) => tokenOf(one) > from);
    const messages = fresh.flatMap(({ made, message }) => (message === undefined || made < since ? [] : [message]));
    furthest = [furthest, ...fresh.map(tokenOf)].toSorted().at(-1)!;
    // Gitea sorts by creation alone: an earlier change may be on a later page, so the cursor waits for the last one.
    if (token !== undefined && messages.length > 0) await serving.take(messages);
    if (comments.length < pageSize) break;
  }
  if (furthest !== token) await serving.take([], { place, token: furthest });
}

type Serving = ChatServing<GithubChannel> | ChatServing<GiteaChannel>;

interface ReadComment {
  /** RFC 3339, UTC. */
  readonly changed: string;
  /** The same. */
  readonly made: string;
  readonly id: number;
  readonly message: IncomingMessage | undefined;
}

/** Sorts by the change, then by the id. */
const tokenOf = ({ changed, id }: ReadComment) => `${changed} ${String(id).padStart(16, '0')}`;

async function pageOf({ channel, signal }: Serving, since: string, page: number): Promise<ReadComment[]> {
  const size = channel.kind === 'gitea' ? `limit=${pageSize}` : `sort=updated&direction=asc&per_page=${pageSize}`;
  const query = `since=${encodeURIComponent(since)}&${size}&page=${page}`;
  const url = `${repositoryUrl(channel)}/issues/comments?${query}`;
  const answer = await askService({ method: 'GET', url, headers: forgeHeaders(channel) }, { signal });
  refuseAnswer(answer, channel.kind);
  return listAt(answer.json).flatMap((one) => {
    const changed = Date.parse(wordAt(one, 'updated_at') ?? '');
    const made = Date.parse(wordAt(one, 'created_at') ?? '');
    const id = Number(wordAt(one, 'id'));
    if (Number.isNaN(changed) || Number.isNaN(made) || !Number.isSafeInteger(id)) return [];
    const times = { changed: new Date(changed).toISOString(), made: new Date(made).toISOString() };
    return [{ ...times, id, message: messageOf(channel, one, times.made) }];
  });
}

function messageOf(channel: GithubChannel | GiteaChannel, one: unknown, at: string): IncomingMessage | undefined {
  const id = wordAt(one, 'id');
  const from = wordAt(one, 'user', 'login');
  const on = /\/(?:issues|pulls?)\/([1-9]\d*)/.exec(
    wordAt(one, 'issue_url') || wordAt(one, 'pull_request_url') || '',
  )?.[1];
  if (id === undefined || from === undefined || on === undefined) return undefined;
  if (from.toLowerCase() === channel.account.toLowerCase() || valueAt(one, 'user', 'type') === 'Bot') return undefined;
  const body = wordAt(one, 'body') ?? '';
  return messageOfComment({ id, on, from, body, at }, [`@${channel.account}`]);
}
