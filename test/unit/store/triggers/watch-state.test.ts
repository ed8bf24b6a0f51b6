/** - A list of all watches says where each stands, and leaves what they saw where it is. */
import { expect, test } from 'vitest';
import { keepWatch, readWatch, readWatches } from '../../../../store/triggers/watch-state.ts';
import { testStore } from '../../../support/postgres.ts';

test('readWatches() tells that a watch saw files without reading which', async () => {
  await using opened = await testStore();
  const { store, personId } = opened;
  const at = store.clock.now().toISOString();
  const state = { hash: 'h', faulty: false, changes: 2, recent: [true], since: at, lookedAt: at, detail: 'well' };
  await keepWatch(store, { trigger: 'folder', personId }, { ...state, seen: { a: '1' }, root: 'folder' });
  await keepWatch(store, { trigger: 'shop', personId }, state);
  expect(await readWatches(store)).toEqual(
    new Map([
      ['folder', { ...state, root: 'folder', hasSeen: true }],
      ['shop', { ...state, hasSeen: false }],
    ]),
  );
  expect((await readWatch(store, 'folder'))?.seen).toEqual({ a: '1' });
});
