import { giteaAdapter, githubAdapter } from '../../activities/channels/github/github-adapter.ts';
import { gitlabAdapter } from '../../activities/channels/gitlab/gitlab-adapter.ts';
import { jiraAdapter } from '../../activities/channels/jira/jira-adapter.ts';
import { linearAdapter } from '../../activities/channels/linear/linear-adapter.ts';
import { type ChatChannel, channelFile } from '../../schemas/channel-file.ts';
import type { ChatAdapter } from '../../schemas/chat-adapter.ts';
import type { ChatFarSide, HeardMessage } from './chat-far-side.ts';
import { type Answered, type AskedOf, type ScriptedService, scriptedService } from './scripted-service.ts';

/** A far side that a test may also put faults into. */
export interface ServiceFarSide extends ChatFarSide {
  readonly service: ScriptedService;
}

const pushOnly = 'it has nothing that is read; what is said comes as a delivery';
const mark = /<!-- steward:(out-\w+) -->/;

interface Said {
  readonly id: number;
  readonly on: string;
  readonly by: string;
  readonly body: string;
  readonly at: string;
}

function farSide(
  service: ScriptedService,
  {
    name,
    adapter,
    file,
    heard,
    ...more
  }: {
    name: string;
    adapter: ChatAdapter<never>;
    file: object;
    heard: () => HeardMessage[];
  } & Partial<Omit<ChatFarSide, 'heard' | 'adapter' | 'name'>>,
): ServiceFarSide {
  return {
    ...{ name, service, adapter: adapter as unknown as ChatAdapter<ChatChannel> },
    channel: { ...channelFile.parse(file), name: 'project', hash: 'h' } as ChatChannel,
    ownerAddress: '1',
    say: async () => undefined,
    sayAsStranger: async () => undefined,
    heard: async () => heard(),
    kill: () => service.kill(),
    restart: () => service.restart(),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
    ...more,
  };
}

/** GitHub's REST API, or Gitea's, with comments and issues of one repository. @source docs.github.com/rest/issues */
export async function githubFarSide(kind: 'github' | 'gitea'): Promise<ServiceFarSide> {
  const said: Said[] = [];
  let next = 1;
  const root = kind === 'gitea' ? '/api/v1' : '';
  const token = kind === 'gitea' ? 'token t0ken' : 'Bearer t0ken';
  const view = (one: Said) => ({
    ...{ id: one.id, body: one.body, created_at: one.at, updated_at: one.at, user: { login: one.by, type: 'User' } },
    issue_url: `https://api.example/repos/me/house/issues/${one.on}`,
  });
  const put = (on: string, by: string, body: string) => {
    const at = new Date(Math.floor(Date.now() / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');
    const one = { id: next++, on, by, body, at };
    said.push(one);
    return one;
  };
  const service = await scriptedService((asked: AskedOf): Answered => {
    if (asked.headers.authorization !== token) return { status: 401, json: { message: 'Bad credentials' } };
    const path = asked.path.slice(`${root}/repos/me/house`.length);
    if (!asked.path.startsWith(`${root}/repos/me/house`)) return { status: 404, json: { message: 'Not Found' } };
    if (path === '') return { json: { full_name: 'me/house' } };
    const on = /^\/issues\/(\d+)\/comments$/.exec(path)?.[1];
    const since = asked.query.get('since');
    const after = (list: Said[]) => list.filter(({ at }) => since === null || Date.parse(at) >= Date.parse(since));
    if (asked.method === 'POST') {
      const { body } = asked.body as { body: string };
      if (path !== '/issues' && on === undefined) return { status: 404, json: {} };
      return { status: 201, json: view(put(on ?? 'new', 'steward', body)) };
    }
    if (path === '/issues') return { json: after(said.filter((one) => one.on === 'new')).map(view) };
    if (on !== undefined) return { json: after(said.filter((one) => one.on === on)).map(view) };
    if (path !== '/issues/comments') return { status: 404, json: {} };
    const all = after(said.filter((one) => one.on !== 'new'));
    // Gitea knows no order but that of creation, and no pages where none is named.
    if (kind === 'gitea' && !asked.query.has('page')) return { json: all.map(view) };
    const size = Number(asked.query.get(kind === 'gitea' ? 'limit' : 'per_page'));
    const from = (Number(asked.query.get('page') ?? 1) - 1) * size;
    if (kind === 'gitea') return { json: all.slice(from, from + size).map(view) };
    const sorted = asked.query.get('direction') === 'desc' ? all.toReversed() : all;
    return { json: sorted.slice(from, from + size).map(view) };
  });
  return farSide(service, {
    name: kind,
    adapter: (kind === 'gitea' ? giteaAdapter : githubAdapter) as unknown as ChatAdapter<never>,
    file: {
      ...{ kind, endpoint: service.url, repository: 'me/house', token: 't0ken', account: 'steward', readEvery: '1s' },
      ...{ addresses: ['ann'], secret: 'hook-secret' },
    },
    threadKind: 'thread',
    say: async (text) => void put('1', 'ann', `@steward ${text}`),
    sayAsStranger: async (text) => void put('2', 'eve', `@steward ${text}`),
    heard: () =>
      said.filter(({ by }) => by === 'steward').map(({ body }) => ({ id: mark.exec(body)?.[1], text: plain(body) })),
  });
}

/** What Markdown escapes, as it was. */
const plain = (text: string) =>
  text
    .replace(/\\([^\w\s])/g, '$1')
    .replaceAll('\u2060', '')
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));

/** GitLab's REST API with notes and issues of one project. @source docs.gitlab.com/api/notes */
export async function gitlabFarSide(): Promise<ServiceFarSide> {
  const said: { on: string; body: string; description: string }[] = [];
  const service = await scriptedService((asked): Answered => {
    if (asked.headers['private-token'] !== 't0ken') return { status: 401, json: { message: '401 Unauthorized' } };
    const path = asked.path.replace('/api/v4/projects/me%2Fhouse', '');
    if (path === asked.path) return { status: 404, json: { message: '404 Project Not Found' } };
    if (path === '') return { json: { id: 1 } };
    const on = /^\/((?:issues|merge_requests)\/\d+)\/notes$/.exec(path)?.[1];
    const author = { username: 'steward' };
    if (asked.method === 'POST') {
      const { body = '', description = '' } = asked.body as { body?: string; description?: string };
      if (path !== '/issues' && on === undefined) return { status: 404, json: {} };
      said.push({ on: on ?? 'new', body, description });
      return { status: 201, json: { id: said.length } };
    }
    return { json: said.filter((one) => one.on === (on ?? 'new')).map((one) => ({ ...one, author })) };
  });
  return farSide(service, {
    name: 'gitlab',
    adapter: gitlabAdapter as unknown as ChatAdapter<never>,
    file: {
      ...{ kind: 'gitlab', endpoint: service.url, project: 'me/house', token: 't0ken', account: 'steward' },
      ...{ addresses: ['ann'], secret: 'hook-secret' },
    },
    ...{ pushOnly, ownerAddress: 'issues/1' },
    heard: () =>
      said.map((one) => one.body || one.description).map((text) => ({ id: mark.exec(text)?.[1], text: plain(text) })),
  });
}

/** Jira Cloud's REST API with comments and issues of one project. @source developer.atlassian.com, REST v3 */
export async function jiraFarSide(): Promise<ServiceFarSide> {
  const said: { on: string; adf: unknown; properties: { key: string; value: { id: string } }[]; labels: string[] }[] =
    [];
  const basic = `Basic ${Buffer.from('me@x.example:t0ken').toString('base64')}`;
  const service = await scriptedService((asked): Answered => {
    if (asked.headers.authorization !== basic) return { status: 401, json: {} };
    const path = asked.path.replace('/rest/api/3', '');
    if (path === '/project/OPS') return { json: { key: 'OPS' } };
    const on = /^\/issue\/(OPS-\d+)\/comment$/.exec(path)?.[1];
    if (path === '/search/jql') {
      const { jql } = asked.body as { jql: string };
      const label = /labels = "([^"]+)"/.exec(jql)?.[1];
      return { json: { issues: said.filter(({ labels }) => labels.includes(label ?? '')).map(() => ({ id: '1' })) } };
    }
    if (asked.method === 'POST' && (path === '/issue' || on !== undefined)) {
      const { body, properties, fields } = asked.body as {
        body?: unknown;
        properties: { key: string; value: { id: string } }[];
        fields?: { description: unknown; labels: string[] };
      };
      said.push({ on: on ?? 'new', adf: body ?? fields?.description, properties, labels: fields?.labels ?? [] });
      return { status: 201, json: { id: String(said.length) } };
    }
    if (on === undefined) return { status: 404, json: {} };
    const author = { accountId: 'bot-1' };
    return {
      json: { comments: said.filter((one) => one.on === on).map(({ properties }) => ({ author, properties })) },
    };
  });
  return farSide(service, {
    name: 'jira',
    adapter: jiraAdapter as unknown as ChatAdapter<never>,
    file: {
      ...{ kind: 'jira', site: service.url, user: 'me@x.example', token: 't0ken', project: 'OPS', account: 'bot-1' },
      ...{ addresses: ['ann-1'], secret: 'hook-secret' },
    },
    ...{ pushOnly, ownerAddress: 'OPS-1' },
    heard: () => said.map(({ adf, properties }) => ({ id: properties[0]?.value.id, text: textsIn(adf).join('') })),
  });
}

const textsIn = (node: unknown): string[] => {
  if (typeof node !== 'object' || node === null) return [];
  const { text, content } = node as { text?: string; content?: unknown[] };
  return [...(text === undefined ? [] : [text]), ...(content ?? []).flatMap(textsIn)];
};

/** Linear's GraphQL with comments and issues of one team. @source linear.app/developers/graphql */
export async function linearFarSide(): Promise<ServiceFarSide> {
  const said: { id: string; on: string; text: string }[] = [];
  const no = (type: string): Answered => ({ json: { errors: [{ message: 'no', extensions: { type } }] } });
  const service = await scriptedService((asked): Answered => {
    if (asked.headers.authorization !== 't0ken') return { status: 401, json: {} };
    const { query, variables } = asked.body as {
      query: string;
      variables: { id?: string; input?: { id: string; issueId?: string; body?: string; description?: string } };
    };
    if (query.includes('team(')) return { json: { data: { team: { id: variables.id } } } };
    const { input } = variables;
    if (input !== undefined) {
      if (said.some(({ id }) => id === input.id)) return no('invalid input');
      said.push({ id: input.id, on: input.issueId ?? 'new', text: input.body ?? input.description ?? '' });
      return { json: { data: { commentCreate: { success: true } } } };
    }
    const nodes = said.filter(({ id, on }) => id === variables.id && (on === 'new') === query.includes('issues('));
    return { json: { data: { issues: { nodes }, comments: { nodes } } } };
  });
  return farSide(service, {
    name: 'linear',
    adapter: linearAdapter as unknown as ChatAdapter<never>,
    file: {
      ...{ kind: 'linear', endpoint: service.url, token: 't0ken', account: 'steward' },
      ...{ team: '0d9ae9c5-71c7-4d3c-9d1c-3a4b5c6d7e8f', addresses: ['ann'], secret: 'hook-secret' },
    },
    ...{ pushOnly, ownerAddress: '5b0c6f5e-7f3e-4c55-9a51-0f8f3f3c1a11' },
    heard: () => said.map(({ text }) => ({ id: undefined, text: plain(text) })),
  });
}
