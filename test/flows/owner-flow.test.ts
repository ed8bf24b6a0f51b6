/**
 * - A flow in the owner's own file runs like ours, and its fire ends.
 * - A file that does not compile leaves what ran before in force, and says where it is broken.
 */
import { expect, test } from 'vitest';
import { fires } from '../../schemas/db/fires.ts';
import { byHand, eventually, startWorld, withBox } from '../support/world.ts';

const flow = (word: string) => `import { type FireInput, tell } from 'steward/flow';
export async function waterPlants(fire: FireInput) {
  await tell(fire, 'water', { subject: 'Plants', text: 'Time for ${word}' });
  return { outcome: '${word}' };
}
`;

test('a flow of the owner is fired, changed and survives a broken save', async () => {
  await using world = await startWorld({
    files: { 'workflows/water-plants.ts': flow('water'), 'triggers/plants.yaml': byHand('water-plants') },
  });
  await withBox(world);
  expect(await world.fire('plants')).toEqual({ outcome: 'water' });
  expect(world.maildir('Mail').filter((raw) => raw.includes('Time for water'))).toHaveLength(1);

  world.write('workflows/water-plants.ts', 'export async function waterPlants( {');
  await world.steward().files.reload();
  expect(await world.fire('plants')).toEqual({ outcome: 'water' });
  const fault = await eventually(() => world.steward().files.current().faults[0], 60_000);
  expect(fault).toMatchObject({ kind: 'flow', path: 'workflows/water-plants.ts', line: 1, lastGoodInForce: true });

  world.write('workflows/water-plants.ts', flow('rain'));
  await eventually(async () => {
    const { outcome } = (await world.fire('plants')) as { outcome: string };
    return outcome === 'rain' || undefined;
  }, 60_000);
  const states = await world.steward().store.db.select({ state: fires.state }).from(fires);
  expect(new Set(states.map((fire) => fire.state))).toEqual(new Set(['ran']));
}, 120_000);
