/**
 * Two people on one Steward, every scope, words that must not leave and words that may: no question is answered with a
 * fact of another person, of elsewhere, or one that must not leave; and all that may be shown is.
 */
import { expect, test } from 'vitest';
import { openMemory } from '../../../../activities/memory/open-memory.ts';
import type { Fact } from '../../../../schemas/memory.ts';
import { ensurePerson } from '../../../../store/ensure-person.ts';
import { testStore } from '../../../support/postgres.ts';

const scopeSets = [[], ['work'], ['home'], ['work', 'home'], ['club']] as const;
const kinds = ['fact', 'preference', 'decision', 'question'] as const;
const asked = [undefined, ['work'], ['home'], ['work', 'club'], ['nowhere']] as const;

test('no question over all scopes leaks, and none leaves out what it may show', async () => {
  await using opened = await testStore();
  const { store } = opened;
  const memory = openMemory(store);
  const people = [opened.personId, (await ensurePerson(store, 'bob', 'UTC')).id];
  const told: (Fact & { readonly personId: string })[] = [];
  for (const personId of people)
    for (const scopes of scopeSets)
      for (const localOnly of [true, false])
        for (const kind of kinds) {
          const name = `n${told.length}`;
          const act = { personId, actId: name, origin: 'owner' as const, source: { channel: 'cli' }, localOnly };
          const said = { text: `The parrot ${name} sings`, kind, scopes, names: ['parrot'] };
          const { fact } = await memory.remember(act, said);
          told.push({ ...fact, personId });
        }
  let questions = 0;
  for (const personId of people)
    for (const scopes of asked)
      for (const leaves of [true, false]) {
        const may = told.filter(
          (fact) =>
            fact.personId === personId &&
            !(leaves && fact.localOnly) &&
            (scopes === undefined ||
              fact.scopes.length === 0 ||
              fact.scopes.some((one) => (scopes as readonly string[]).includes(one))),
        );
        const ids = (facts: readonly { factId: string }[]) => facts.map(({ factId }) => factId).sort();
        const common = { personId, leaves, scopes };
        expect(ids(await memory.recall({ ...common, limit: 500 }))).toEqual(ids(may));
        expect(ids(await memory.recall({ ...common, limit: 500, question: 'parrot' }))).toEqual(ids(may));
        const now = { ...common, asOf: new Date(Date.now() + 1_000), limit: 500, question: 'parrot' };
        expect(ids(await memory.recall(now))).toEqual(ids(may));
        const {
          always,
          pinned,
          named,
          questions: open,
        } = await memory.consider({ ...common, said: 'my parrot', most: 500 });
        expect(ids([...always, ...pinned, ...named, ...open])).toEqual(ids(may));
        questions += 4;
      }
  expect([told.length, questions]).toEqual([80, 80]);
}, 60_000);
