// What was moved, cut, flipped or given a shorter tag at rest is never taken for what was told: 0 of 10,000.
import { expect, test } from 'vitest';
import { contentPlace } from '../../../../store/memory/write-fact.ts';
import { seeded } from '../../../chaos/kill-plan.ts';
import { testStore } from '../../../support/postgres.ts';

const tries = 10_000;
const facts = 50;

test('open() takes none of ten thousand ciphertexts that were changed at rest', async () => {
  await using opened = await testStore();
  const { store, personId } = opened;
  const random = seeded(7);
  const upTo = (count: number) => Math.floor(random() * count);
  const rows = Array.from({ length: facts }, (_, at) => {
    const unit = store.keys.newUnit(personId);
    const place = contentPlace(`fct_${at}`, 1 + (at % 3), personId);
    return { unit, place, sealed: unit.seal(place, JSON.stringify({ text: `canary ${at}` })) };
  });
  const opens = (work: () => Buffer) => {
    try {
      work();
      return true;
    } catch {
      return false;
    }
  };
  for (const { unit, place, sealed } of rows) expect(opens(() => unit.open(place, sealed))).toBe(true);
  let accepted = 0;
  for (let nth = 0; nth < tries; nth += 1) {
    const [one, other] = [rows[upTo(facts)]!, rows[upTo(facts)]!];
    const { unit, place, sealed } = one;
    const kind = nth % 6;
    if ((kind === 0 || kind === 1) && one === other) continue;
    if (kind === 0) accepted += Number(opens(() => unit.open(place, other.sealed)));
    // With its key, but in the place of another row.
    else if (kind === 1) accepted += Number(opens(() => unit.open(other.place, sealed)));
    else if (kind === 2) accepted += Number(opens(() => unit.open({ ...place, version: place.version + 1 }, sealed)));
    else if (kind === 3) accepted += Number(opens(() => unit.open(place, sealed.subarray(0, upTo(sealed.length)))));
    else if (kind === 4) {
      const flipped = Buffer.from(sealed);
      flipped[upTo(flipped.length)]! ^= 1 << upTo(8);
      accepted += Number(opens(() => unit.open(place, flipped)));
    } else {
      const wrapped = Buffer.from(unit.wrapped.subarray(0, unit.wrapped.length - 1 - upTo(15)));
      accepted += Number(opens(() => store.keys.unit(personId, wrapped).open(place, sealed)));
    }
  }
  expect(accepted).toBe(0);
});
