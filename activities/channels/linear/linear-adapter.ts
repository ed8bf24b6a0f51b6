import { createHash } from 'node:crypto';
import type { LinearChannel } from '../../../schemas/channel-file.ts';
import type { OutgoingChat } from '../../../schemas/chat-message.ts';
import type { SendResult } from '../../../schemas/outgoing.ts';
import { renderMarkdown } from '../../chat-markdown.ts';
import type { ServiceAnswer } from '../service/ask-service.ts';
import { type IssuePlace, issuePlaceOf, noSuchPlace } from '../service/issue-place.ts';
import { listAt, wordAt } from '../service/json-at.ts';
import { titleOf } from '../service/marked.ts';
import { type FindCopy, type Service, serviceAdapter } from '../service/service-adapter.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Comments and issues of one team. Their ids are made here, so that a second try meets the first.
 *
 * @source linear.app/developers/graphql: `commentCreate`, `issueCreate`, both with an `id` of the client's
 */
const service: Service<LinearChannel> = {
  limits: { maxChars: 30_000, readsBack: true },
  check: (channel) => query(channel, 'query($id: String!) { team(id: $id) { id } }', { id: channel.team }),
  say: async (channel, message, prepare) => {
    const place = issuePlaceOf(message, uuid);
    if (place === undefined) return noSuchPlace;
    const looking = lookFor(channel, message, place);
    if (looking.isCopy(await prepare(looking.ask))) return { already: true };
    const { document } = message;
    const id = uuidOf(message.id);
    const text = renderMarkdown(document);
    if (place.kind === 'comment') {
      const input = { id, issueId: place.on, body: text };
      return query(channel, 'mutation($input: CommentCreateInput!) { commentCreate(input: $input) { success } }', {
        input,
      });
    }
    const input = { id, teamId: channel.team, title: titleOf(document), description: text };
    return query(channel, 'mutation($input: IssueCreateInput!) { issueCreate(input: $input) { success } }', { input });
  },
  judge: judgeGraphql,
  find: async (channel, message) => {
    const place = issuePlaceOf(message, uuid);
    return place === undefined ? undefined : lookFor(channel, message, place);
  },
};

function lookFor(channel: LinearChannel, message: OutgoingChat, place: IssuePlace): FindCopy {
  const what = place.kind === 'new' ? 'issues' : 'comments';
  const id = uuidOf(message.id);
  return {
    ask: query(channel, `query($id: ID!) { ${what}(filter: { id: { eq: $id } }) { nodes { id } } }`, { id }),
    isCopy: (json) => listAt(json, 'data', what, 'nodes').some((one) => wordAt(one, 'id') === id),
  };
}

/** GraphQL says no with a success. What the service says of itself is not taken over. */
export function judgeGraphql({ json }: ServiceAnswer): SendResult | undefined {
  const [error] = listAt(json, 'errors');
  if (error === undefined) return undefined;
  const code = wordAt(error, 'extensions', 'code') ?? wordAt(error, 'extensions', 'type') ?? '';
  if (/RATELIMITED/i.test(code)) return { state: 'again', detail: 'the service asked to wait', waitMs: 60_000 };
  const named = /^[\w -]{1,60}$/.test(code) ? code : 'an error';
  return { state: 'failed', detail: `the service refused it: ${named}`, code: named.replace(/ /g, '_') };
}

const query = ({ endpoint, token }: LinearChannel, text: string, variables: object) => ({
  ...{ method: 'POST' as const, url: endpoint, headers: { authorization: token } },
  body: { query: text, variables },
});

/** The same message has the same UUID. @source RFC 9562 5.8, version 8 */
export function uuidOf(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex');
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export const linearAdapter = serviceAdapter<LinearChannel>(service);
