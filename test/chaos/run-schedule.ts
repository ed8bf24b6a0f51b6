/**
 * A seeded campaign of SIGKILLs and restarts across real slots of every few seconds:
 * `npm run chaos -- --scenario schedule --seed 1 --kills 20 [--keep] [--home HOME]`. With --home it goes on with a
 * campaign that was interrupted. Exits 1 where a slot has no ending, more than one, or one that its file does not allow.
 */
import { parseArgs } from 'node:util';
import { scheduleChaos } from './schedule-chaos.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '20' },
    keep: { type: 'boolean', default: false },
    home: { type: 'string' },
  },
});
const { home, keep } = values;
const where = home === undefined ? {} : { home };
const { ok, summary } = await scheduleChaos({ seed: Number(values.seed), kills: Number(values.kills), keep, ...where });
process.stdout.write(`${JSON.stringify(summary)}\n`);
process.exit(ok ? 0 : 1);
