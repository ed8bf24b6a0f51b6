/**
 * - A file that appears runs its flow, in a whole Steward; a saved trigger takes effect without a restart.
 * - What appeared while Steward was off runs after the start, once.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fires } from '../../schemas/db/fires.ts';
import { readWatch } from '../../store/triggers/watch-state.ts';
import { eventually, startWorld } from '../support/world.ts';

test('a file that appears is one fire that runs, also when it came while Steward was off', async () => {
  await using world = await startWorld();
  const inbox = join(world.home, 'Scans');
  mkdirSync(inbox);
  world.write('triggers/scans.yaml', 'run: noop\nwhen: { file: { path: Scans, match: "*.pdf", settle: 100ms } }\n');
  await eventually(() => readWatch(world.steward().store, 'scans'));
  const ran = async () => {
    const rows = await world.steward().store.db.select().from(fires);
    return rows.filter((fire) => fire.state === 'ran' && fire.kind === 'file').length;
  };
  writeFileSync(join(inbox, 'one.pdf'), '1');
  writeFileSync(join(inbox, 'one.txt'), '1');
  await eventually(async () => (await ran()) === 1 || undefined);
  await world.stop();
  writeFileSync(join(inbox, 'two.pdf'), '2');
  await world.restart();
  await eventually(async () => (await ran()) === 2 || undefined);
  const { triggers } = (await (await world.ask('/api/v1/triggers')).json()) as { triggers: object[] };
  expect(triggers).toMatchObject([{ name: 'scans', when: 'file', watch: { state: 'well', detail: '2 files' } }]);
  expect(await world.steward().store.db.$count(fires)).toBe(2);
}, 120_000);
