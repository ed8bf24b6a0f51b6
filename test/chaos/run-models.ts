/**
 * A seeded campaign of faults of providers: `npm run chaos -- --scenario models --seed 1 --calls 10000`. Exits 1 where a
 * question was not answered though a model was well, where a budget was gone beyond, where a call is on record as
 * something else than what came, or where a provider's lie about what it counted was believed.
 */
import { parseArgs } from 'node:util';
import { setup } from '../support/global-setup.ts';
import { runModelFaults } from './model-faults.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    seed: { type: 'string', default: '1' },
    calls: { type: 'string', default: '10000' },
  },
});
const end = await setup();
try {
  const began = performance.now();
  const verdict = await runModelFaults(Number(values.seed), Number(values.calls), (words) => {
    process.stderr.write(`${words}\n`);
  });
  const seconds = Math.round((performance.now() - began) / 1_000);
  process.stdout.write(`${JSON.stringify({ scenario: 'models', seed: Number(values.seed), ...verdict, seconds })}\n`);
  const { unanswered, mostOfBudget, misnamed, believed } = verdict;
  if (unanswered > 0 || mostOfBudget > 1 || misnamed.length > 0 || believed > 0) process.exitCode = 1;
} finally {
  await end();
}
