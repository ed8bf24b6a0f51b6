/**
 * What is read of the comments of a repository, with GitHub's order and with Gitea's, which sorts by creation alone:
 * nothing from before first sight, everything said since, and no word that another put into an older comment.
 */
import { expect, onTestFinished, test } from 'vitest';
import { readComments } from '../../../../../activities/channels/github/read-comments.ts';
import { channelFile, type GiteaChannel, type GithubChannel } from '../../../../../schemas/channel-file.ts';
import type { ChatServing } from '../../../../../schemas/chat-adapter.ts';
import type { IncomingMessage } from '../../../../../schemas/chat-message.ts';
import { scriptedService } from '../../../../support/scripted-service.ts';

const now = new Date('2026-11-27T08:00:00Z');
const clock = { now: () => now };
const minute = (at: number) => new Date(now.getTime() + at * 60_000).toISOString().replace('.000Z', 'Z');

interface Comment {
  readonly id: number;
  readonly made: number;
  readonly changed: number;
  readonly body: string;
}

async function repository(kind: 'github' | 'gitea') {
  const all: Comment[] = [];
  const service = await scriptedService(({ query }) => {
    const since = Date.parse(query.get('since') ?? minute(-1e6));
    const by = kind === 'gitea' ? 'made' : 'changed';
    const found = all.filter(({ changed }) => Date.parse(minute(changed)) >= since).toSorted((a, b) => a[by] - b[by]);
    if (kind === 'github' && query.get('direction') === 'desc') found.reverse();
    // Gitea has no pages where none is named.
    const whole = kind === 'gitea' && !query.has('page');
    const size = whole ? found.length : Number(query.get(kind === 'gitea' ? 'limit' : 'per_page'));
    const from = (Number(query.get('page') ?? 1) - 1) * size;
    const view = ({ id, made, changed, body }: Comment) => ({
      ...{ id, body, created_at: minute(made), updated_at: minute(changed), user: { login: 'ann', type: 'User' } },
      issue_url: 'https://git.example/me/house/issues/1',
    });
    return { json: found.slice(from, from + size).map(view) };
  });
  onTestFinished(() => service[Symbol.asyncDispose]());
  const file = {
    kind,
    endpoint: service.url,
    repository: 'me/house',
    token: 't',
    account: 'steward',
    addresses: ['ann'],
  };
  const channel = { ...channelFile.parse(file), name: 'house', hash: 'h' } as GithubChannel | GiteaChannel;
  const taken: IncomingMessage[] = [];
  let cursor: string | undefined;
  let refusing = false;
  const serving = {
    ...{ channel, signal: new AbortController().signal },
    cursor: async () => cursor,
    take: async (messages: IncomingMessage[], move?: { token: string }) => {
      if (refusing && messages.length > 0 && taken.length > 0) throw new Error('killed');
      taken.push(...messages.filter(({ dedupeKey }) => taken.every((one) => one.dedupeKey !== dedupeKey)));
      cursor = move?.token ?? cursor;
    },
  } as unknown as ChatServing<GithubChannel>;
  return {
    read: () => readComments(serving, clock),
    texts: () => taken.map(({ text }) => text),
    refuse: (yes: boolean) => {
      refusing = yes;
    },
    put: (...[id, made, body, changed = made]: [id: number, made: number, body: string, changed?: number]) => {
      const at = all.findIndex((one) => one.id === id);
      all.splice(at < 0 ? all.length : at, at < 0 ? 0 : 1, { id, made, changed, body });
    },
  };
}

test.each(['github', 'gitea'] as const)('readComments() on %s takes nothing from before first sight', async (kind) => {
  const house = await repository(kind);
  for (let id = 1; id <= 60; id += 1) house.put(id, id - 10_000, '@steward /run everything');
  house.put(61, -5, '@steward /run everything');
  await house.read();
  await house.read();
  expect(house.texts()).toEqual([]);
  house.put(62, 1, '@steward /status');
  await house.read();
  expect(house.texts()).toEqual(['/status']);
});

test.each(['github', 'gitea'] as const)(
  'readComments() on %s takes no old comment that was changed since',
  async (kind) => {
    const house = await repository(kind);
    house.put(1, -500, 'thanks');
    house.put(2, -1, 'me too');
    await house.read();
    house.put(1, -500, '@steward /run everything', 5);
    house.put(3, 4, '@steward /status', 6);
    await house.read();
    expect(house.texts()).toEqual(['/status']);
  },
);

test.each(['github', 'gitea'] as const)(
  'readComments() on %s loses nothing when it dies between pages',
  async (kind) => {
    const house = await repository(kind);
    await house.read();
    const said = Array.from({ length: 70 }, (_, at) => `said ${at}`);
    // The first was changed last, so it is beyond all the others in the order of changes.
    for (const [at, text] of said.entries()) house.put(at + 1, at, text, at === 0 ? 500 : at);
    house.refuse(true);
    await expect(house.read()).rejects.toThrow('killed');
    house.refuse(false);
    await house.read();
    expect(house.texts().toSorted()).toEqual(said.toSorted());
  },
);
