import { mattermostAdapter } from '../../activities/channels/mattermost/mattermost-adapter.ts';
import { slackAdapter } from '../../activities/channels/slack/slack-adapter.ts';
import { webhookAdapter } from '../../activities/channels/webhook/webhook-adapter.ts';
import { type ChatChannel, channelFile } from '../../schemas/channel-file.ts';
import type { ChatAdapter } from '../../schemas/chat-adapter.ts';
import type { HeardMessage } from './chat-far-side.ts';
import type { ServiceFarSide } from './forge-far-sides.ts';
import { type Answered, type AskedOf, type ScriptedService, scriptedService } from './scripted-service.ts';

const pushOnly = 'what is said there comes as a delivery';
const byHook = 'a webhook shows nothing that it took again';

function farSide(
  service: ScriptedService,
  {
    name,
    adapter,
    file,
    ownerAddress,
    heard,
    cannotReadBack,
  }: {
    name: string;
    adapter: unknown;
    file: object;
    ownerAddress: string;
    heard: () => HeardMessage[];
    cannotReadBack?: string | undefined;
  },
): ServiceFarSide {
  return {
    ...{ name, service, ownerAddress, pushOnly, adapter: adapter as ChatAdapter<ChatChannel> },
    channel: { ...channelFile.parse(file), name: 'chat', hash: 'h' } as ChatChannel,
    ...(cannotReadBack === undefined ? {} : { cannotReadBack }),
    say: async () => undefined,
    sayAsStranger: async () => undefined,
    heard: async () => heard(),
    kill: () => service.kill(),
    restart: () => service.restart(),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}

interface Posted {
  readonly id: string | undefined;
  readonly channel: string;
  readonly text: string;
  readonly thread?: string | undefined;
}

/** Slack's Web API and its hooks. @param by - with a bot token, or by an incoming webhook only */
export async function slackFarSide(by: 'token' | 'webhook'): Promise<ServiceFarSide & { readonly posted: Posted[] }> {
  const posted: Posted[] = [];
  const service = await scriptedService((asked: AskedOf): Answered => {
    if (asked.path.startsWith('/hook/') || asked.path.startsWith('/respond/')) {
      posted.push({ id: undefined, channel: asked.path, text: (asked.body as { text: string }).text });
      return { headers: { 'content-type': 'text/plain' } };
    }
    if (asked.headers.authorization !== 'Bearer xoxb-1') return { json: { ok: false, error: 'invalid_auth' } };
    const body = asked.body as Record<string, string> & { metadata?: { event_payload: { id: string } } };
    switch (asked.path) {
      case '/api/auth.test':
        return { json: { ok: true, user_id: 'UBOT' } };
      case '/api/conversations.open':
        return { json: { ok: true, channel: { id: `D${body.users}` } } };
      case '/api/chat.postMessage': {
        if (body.channel === 'CGONE') return { json: { ok: false, error: 'channel_not_found' } };
        const { channel = '', text = '', thread_ts: thread } = body;
        posted.push({ id: body.metadata?.event_payload.id, channel, text, thread });
        return { json: { ok: true, ts: '1.1' } };
      }
      case '/api/conversations.history':
      case '/api/conversations.replies': {
        const there = posted.filter(({ channel, thread }) => channel === body.channel && thread === body.ts);
        const messages = there.map(({ id, text }) => ({
          ...{ bot_id: 'B1', text },
          metadata: { event_type: 'steward_message', event_payload: { id } },
        }));
        return { json: { ok: true, messages } };
      }
      default:
        return { json: { ok: false, error: 'unknown_method' } };
    }
  });
  const file = {
    ...{ kind: 'slack', endpoint: `${service.url}/api`, addresses: ['UANN'], secret: 'hook-secret' },
    ...(by === 'token' ? { token: 'xoxb-1' } : { webhook: `${service.url}/hook/1` }),
  };
  const ownerAddress = by === 'token' ? 'UANN' : 'hook';
  const cannotReadBack = by === 'token' ? undefined : byHook;
  const name = `slack by ${by}`;
  const far = farSide(service, {
    name,
    adapter: slackAdapter,
    file,
    ownerAddress,
    cannotReadBack,
    heard: () => posted,
  });
  return Object.assign(far, { posted });
}

/** Mattermost's API and its hooks. @param by - with a bot's token, or by an incoming webhook only */
export async function mattermostFarSide(
  by: 'token' | 'webhook',
): Promise<ServiceFarSide & { readonly posted: Posted[] }> {
  const posted: Posted[] = [];
  const service = await scriptedService((asked: AskedOf): Answered => {
    if (asked.path.startsWith('/hooks/')) {
      posted.push({ id: undefined, channel: asked.path, text: plain((asked.body as { text: string }).text) });
      return { headers: { 'content-type': 'text/plain' } };
    }
    if (asked.headers.authorization !== 'Bearer bot-token')
      return { status: 401, json: { id: 'api.context.session_expired' } };
    const path = asked.path.replace('/api/v4', '');
    if (path === '/users/me') return { json: { id: 'b'.repeat(26) } };
    if (path === '/channels/direct') return { status: 201, json: { id: 'd'.repeat(26) } };
    if (path === '/posts') {
      const body = asked.body as {
        channel_id: string;
        message: string;
        props: { steward_id: string };
        root_id?: string;
      };
      if (body.channel_id === 'g'.repeat(26)) return { status: 403, json: { id: 'api.context.permissions.app_error' } };
      posted.push({
        id: body.props.steward_id,
        channel: body.channel_id,
        text: plain(body.message),
        thread: body.root_id,
      });
      return { status: 201, json: { id: 'p'.repeat(26) } };
    }
    const channel = /^\/channels\/(\w+)\/posts$/.exec(path)?.[1];
    const there = posted.filter((one) => one.channel === channel);
    return {
      json: {
        posts: Object.fromEntries(
          there.map(({ id }, at) => [`p${at}`, { user_id: 'b'.repeat(26), props: { steward_id: id } }]),
        ),
      },
    };
  });
  const file = {
    ...{ kind: 'mattermost', server: service.url, addresses: ['a'.repeat(26)], secret: 'hook-secret' },
    ...(by === 'token' ? { token: 'bot-token' } : { webhook: `${service.url}/hooks/1` }),
  };
  const ownerAddress = by === 'token' ? 'a'.repeat(26) : 'hook';
  const cannotReadBack = by === 'token' ? undefined : byHook;
  const name = `mattermost by ${by}`;
  const far = farSide(service, {
    name,
    adapter: mattermostAdapter,
    file,
    ownerAddress,
    cannotReadBack,
    heard: () => posted,
  });
  return Object.assign(far, { posted });
}

const plain = (text: string) => text.replace(/\\([^\w\s])/g, '$1').replaceAll('\u2060', '');

/** A receiver of Standard Webhooks that keeps what it got. */
export async function webhookFarSide(): Promise<ServiceFarSide & { readonly got: AskedOf[] }> {
  const got: AskedOf[] = [];
  const service = await scriptedService((asked: AskedOf): Answered => {
    got.push(asked);
    return { status: 204 };
  });
  const file = { kind: 'webhook', url: `${service.url}/in`, secret: `whsec_${Buffer.alloc(24, 7).toString('base64')}` };
  const heard = () =>
    got.map(({ headers, body }) => ({
      id: String(headers['webhook-id']),
      text: (body as { data: { text: string } }).data.text,
    }));
  const far = farSide(service, { name: 'webhook', adapter: webhookAdapter, file, ownerAddress: 'hook', heard });
  return Object.assign(far, { got });
}
