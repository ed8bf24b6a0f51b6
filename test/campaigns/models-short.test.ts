/** The campaign of faults of providers, short. `npm run chaos -- --scenario models` for more. */
import { expect, test } from 'vitest';
import { runModelFaults } from '../chaos/model-faults.ts';

test('every question is answered while a model is well, within the budget, and each fault is named as what it was', async () => {
  const verdict = await runModelFaults(3, 500);
  expect(verdict).toMatchObject({ unanswered: 0, misnamed: [], believed: 0 });
  expect(verdict.mostOfBudget).toBeLessThanOrEqual(1);
  // The budget was used, and the faults were served.
  expect(verdict.mostOfBudget).toBeGreaterThan(0.5);
  expect(Object.keys(verdict.served).length).toBeGreaterThan(15);
}, 120_000);
