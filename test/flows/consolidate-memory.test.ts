/**
 * - The nightly review puts aside what is said twice, once for its fire, in one transaction or not at all.
 * - What it put aside is not believed, stays readable, and is taken up again by one command.
 * - The morning report says what it changed, and which facts contradict; no word of a fact is in it.
 */
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { runReview } from '../../activities/memory/review/run-review.ts';
import { fires } from '../../schemas/db/fires.ts';
import { memoryFacts, memoryReviews, memoryUses, memoryVersions } from '../../schemas/db/memory-facts.ts';
import { instanceFile } from '../../schemas/instance-file.ts';
import { factCode } from '../../schemas/memory.ts';
import { startWorld, type World } from '../support/world.ts';

const triggers = {
  'triggers/review.yaml': 'run: consolidateMemory\nwhen: { schedule: "@yearly" }\nmissed: { policy: none }\n',
  'triggers/report.yaml': 'run: morningReport\nwhen: { schedule: "@yearly" }\nmissed: { policy: none }\n',
};
const api = async <T>(world: World, path: string, body?: object): Promise<T> => {
  const answer = await world.ask(`/api/v1/memory${path}`, body === undefined ? {} : { method: 'POST', body });
  expect(answer.status).toBe(200);
  return (await answer.json()) as T;
};
const tell = async (world: World, text: string) => (await api<{ fact: { id: string } }>(world, '', { text })).fact.id;
const believed = async (world: World) =>
  (await api<{ facts: { id: string; text: string }[] }>(world, '')).facts.map(({ text }) => text).sort();

test('the nightly review puts aside what is said twice, says so in the report, and is undone', async () => {
  await using world = await startWorld({ files: triggers });
  const { store } = world.steward();
  for (let at = 0; at < 8; at += 1) await tell(world, `Box number ${at} is in the cellar`);
  const first = await tell(world, 'My canary is yellow');
  const twice = await tell(world, 'My canary is yellow.');
  const [white, black] = [await tell(world, 'My desk is white'), await tell(world, 'My desk is black')];
  const outcome = await world.fire('review', 'night-1');
  expect(outcome).toMatchObject({ outcome: 'reviewed', facts: { facts: 12, merged: 1, against: 1, broken: 0 } });
  expect(await believed(world)).toHaveLength(11);
  const versions = await store.db.select().from(memoryVersions).where(eq(memoryVersions.factId, twice));
  expect(versions.map(({ change, origin, channel }) => [change, origin, channel])).toEqual([
    ['stated', 'owner', 'api'],
    ['merged', 'system', 'review'],
  ]);
  // Another night finds nothing to change.
  expect(await world.fire('review', 'night-2')).toMatchObject({ facts: { merged: 0, against: 1 } });

  await world.fire('report', 'morning');
  const report = (await (await world.ask('/api/v1/reports/latest')).text()).replace(/\s+/g, ' ');
  expect(report).toContain('1 fact said twice, put aside');
  expect(report).toContain(`fact ${factCode(black)}: says something else than ${factCode(white)}`);
  for (const word of ['yellow', 'desk', 'white']) expect(report).not.toContain(word);

  const { reviews } = await api<{ reviews: { id: string; merged: object[] }[] }>(world, '/reviews');
  expect(reviews.map(({ merged }) => merged)).toEqual([[], [{ factId: twice, into: first }]]);
  const undone = await api<{ restored: string[] }>(world, `/reviews/${reviews[1]!.id}/undo`, {});
  expect(undone.restored).toEqual([twice]);
  expect(await believed(world)).toHaveLength(12);
  expect((await api<{ restored: string[] }>(world, `/reviews/${reviews[1]!.id}/undo`, {})).restored).toEqual([]);
}, 90_000);

test('a review is done once for its fire, by however many, and leaves what is written meanwhile alone', async () => {
  await using world = await startWorld({ files: triggers });
  const { store, personId } = world.steward();
  const texts = Array.from({ length: 8 }, (_, at) => `Box number ${at} is in the cellar`);
  for (const text of [...texts, ...texts.slice(0, 2)]) await tell(world, text);
  await world.fire('report', 'any');
  const [fire] = await store.db.select().from(fires);
  const deps = { store, zone: () => 'UTC', settings: () => instanceFile.parse({}).memory };
  const once = () => runReview(deps, { personId, fireId: fire!.id });
  const done = await Promise.all([once(), once(), tell(world, 'A word in between'), once(), once()]);
  expect(new Set(done.filter((one) => typeof one === 'object').map(({ id }) => id)).size).toBe(1);
  expect(await store.db.$count(memoryReviews)).toBe(1);
  expect(await store.db.$count(memoryVersions, eq(memoryVersions.change, 'merged'))).toBe(2);
  expect(await believed(world)).toEqual([...texts, 'A word in between'].sort());
}, 90_000);

test('what lies aside is found no more, restored by its owner, and gone with its uses once it is forgotten', async () => {
  await using world = await startWorld({ files: triggers });
  const { store } = world.steward();
  for (let at = 0; at < 8; at += 1) await tell(world, `Box number ${at} is in the cellar`);
  const kept = await tell(world, 'The parrot sings at noon');
  const twice = await tell(world, 'The parrot sings at noon');
  await world.fire('review', 'night');
  const found = async () =>
    (await api<{ facts: { id: string }[] }>(world, '?question=parrot')).facts.map(({ id }) => id);
  expect(await found()).toEqual([kept]);
  expect(await store.db.$count(memoryUses, eq(memoryUses.factId, kept))).toBe(1);
  const { fact } = await api<{ fact: { change: string; origin: string } }>(world, `/${twice}/restore`, {});
  expect(fact).toMatchObject({ change: 'restored', origin: 'owner' });
  expect((await found()).sort()).toEqual([kept, twice].sort());
  expect((await world.ask(`/api/v1/memory/${twice}/restore`, { method: 'POST', body: { version: 9 } })).status).toBe(
    404,
  );
  await world.fire('review', 'another-night');
  for (const id of [kept, twice]) await world.ask(`/api/v1/memory/${id}`, { method: 'DELETE' });
  expect(await found()).toEqual([]);
  expect(await store.db.$count(memoryUses, eq(memoryUses.factId, kept))).toBe(0);
  const [row] = await store.db.select().from(memoryFacts).where(eq(memoryFacts.id, twice));
  expect(row!.wrappedKey).toBeNull();
  expect((await world.ask(`/api/v1/memory/${twice}/restore`, { method: 'POST', body: {} })).status).toBe(404);
}, 90_000);

test('what is forgotten takes with it what lies aside since it says the same', async () => {
  await using world = await startWorld({ files: triggers });
  const { store } = world.steward();
  for (let at = 0; at < 12; at += 1) await tell(world, `Box number ${at} is in the cellar`);
  const kept = await tell(world, 'The canary sings at dawn');
  const same = [await tell(world, 'The canary sings at dawn.'), await tell(world, 'the canary sings  at dawn')];
  await world.fire('review', 'night');
  expect(await store.db.$count(memoryVersions, eq(memoryVersions.change, 'merged'))).toBe(2);
  expect((await world.ask(`/api/v1/memory/${kept}`, { method: 'DELETE' })).status).toBe(200);
  const rows = await store.db.select().from(memoryFacts);
  for (const id of [kept, ...same]) expect(rows.find((row) => row.id === id)!.wrappedKey).toBeNull();
  const { facts } = await api<{ facts: { id: string }[] }>(world, '/export');
  expect(facts).toHaveLength(12);
}, 90_000);
