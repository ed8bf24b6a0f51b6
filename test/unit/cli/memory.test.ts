// What was told is kept, found, corrected, shown with its history and taken back by command, and by the API beneath it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { factCode } from '../../../schemas/memory.ts';
import { ensureApiAccount } from '../../../store/accounts/api-account.ts';
import { acceptMessages } from '../../../store/conversations/accept-messages.ts';
import { type ApiWorld, apiToken, apiWorld } from '../../support/api-world.ts';
import { ownNamespace } from '../../support/own-namespace.ts';
import { type TestTemporal, temporal } from '../../support/temporal.ts';

let server: TestTemporal;
let world: ApiWorld;
beforeAll(async () => {
  server = await temporal();
  world = await apiWorld((await ownNamespace(server)).client, '2026-11-27T08:00:00Z');
});
afterAll(async () => {
  for (const one of [world, server]) await one[Symbol.asyncDispose]();
});
const json = async (...words: string[]) => JSON.parse((await world.steward('memory', ...words, '--json')).out);

test('steward memory keeps, finds, corrects, shows and forgets', async () => {
  expect((await world.steward('memory')).out).toContain('You have told nothing yet.');
  const { fact } = await json('remember', 'My', 'sister lives in Lisbon');
  expect(fact).toMatchObject({ version: 1, change: 'stated', text: 'My sister lives in Lisbon', channel: 'api' });
  const code = factCode(fact.id);
  const found = await world.steward('memory', 'recall', 'Where does my sister live?');
  expect(found.out).toMatch(new RegExp(`${code} +My sister lives in Lisbon .*it says sister, live`));
  world.clock.advance(3_600_000);
  const corrected = await world.steward('memory', 'correct', code, 'My sister lives', 'in Porto');
  expect(corrected.out).toContain(`${code} says from now on: My sister lives in Porto`);
  expect((await json('list')).facts).toMatchObject([{ id: fact.id, version: 2, text: 'My sister lives in Porto' }]);
  expect((await json('list', '--as-of', '2026-11-27T08:30:00Z')).facts).toMatchObject([
    { text: 'My sister lives in Lisbon' },
  ]);
  expect((await json('history', code)).versions).toHaveLength(2);
  expect((await world.steward('memory', 'forget', code)).out).toContain('is forgotten');
  expect((await json('list')).facts).toEqual([]);
  const gone = await world.steward('memory', 'forget', code);
  expect(gone).toMatchObject({ code: 1, err: expect.stringContaining('There is no fact') });
});

test('steward memory says which fact a new one may take the place of', async () => {
  const { fact } = await json('remember', 'My desk is white');
  const { out } = await world.steward('memory', 'remember', 'My desk is black');
  expect(out).toContain(
    `You told before: My desk is white. If that is over: steward memory forget ${factCode(fact.id)}`,
  );
});

test('the same request is one fact, and what is no instant is said to be none', async () => {
  const post = async () =>
    await fetch(`http://127.0.0.1:${world.apiPort}/api/v1/memory`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'Told twice', request: 'r1' }),
    }).then(async (answer) => ((await answer.json()) as { fact: { id: string } }).fact.id);
  expect(await post()).toBe(await post());
  const ran = await world.steward('memory', 'list', '--as-of', 'yesterday');
  expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('--as-of "yesterday" is no instant') });
});

test('steward memory said finds what was said in conversations', async () => {
  const { store, personId } = world;
  const { id: accountId } = await ensureApiAccount(store, personId);
  const thread = { key: '', kind: 'direct', address: '' } as const;
  const message = { dedupeKey: '1', thread, from: 'me', text: 'The parrot is called Otto', addressed: true };
  const right = { accountId, personId, channel: 'api' };
  await acceptMessages(store, right, [{ ...message, at: '2026-11-26T08:00:00Z' }]);
  expect((await world.steward('memory', 'said', 'parrot')).out).toMatch(
    /you +api +The parrot is called Otto +it says parrot/,
  );
  expect((await world.steward('memory', 'said', 'parrot', '--to', '2026-11-01T00:00:00Z')).out).toContain(
    'Nothing of that',
  );
  expect(await world.steward('memory', 'said', 'parrot', '--to', 'soon')).toMatchObject({ code: 2 });
});

test('steward memory finds what held on a day', async () => {
  await json('remember', 'My gym is in the old mill', '--until', '2026-05-01');
  await json('remember', 'My gym is at the lake', '--from', '2026-05-01');
  const held = async (day: string) =>
    (await json('recall', 'gym', '--on', day)).facts.map(({ text }: { text: string }) => text);
  expect(await held('2026-04-30')).toEqual(['My gym is in the old mill']);
  expect(await held('2026-05-02')).toEqual(['My gym is at the lake']);
  expect(await world.steward('memory', 'recall', 'gym', '--on', 'spring')).toMatchObject({
    ...{ code: 2, err: expect.stringContaining('--on "spring" is no instant') },
  });
});
