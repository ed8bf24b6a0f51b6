/**
 * Seeded campaigns of SIGKILLs against a whole Steward: `npm run chaos -- --scenario digest|schedule|webhooks|reload|channels|models|turns|memory
 * --seed 1 --kills 50`.
 * Each prints progress to stderr and one JSON summary to stdout, and exits 1 on a breach; its file says what it takes.
 */
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { scenario: { type: 'string', default: 'digest' } }, strict: false });
if (values.scenario === 'digest') await import('./run-digest.ts');
else if (values.scenario === 'schedule') await import('./run-schedule.ts');
else if (values.scenario === 'webhooks') await import('./run-hooks.ts');
else if (values.scenario === 'reload') await import('./run-reload.ts');
else if (values.scenario === 'channels') await import('./run-channels.ts');
else if (values.scenario === 'models') await import('./run-models.ts');
else if (values.scenario === 'turns') await import('./run-turns.ts');
else if (values.scenario === 'memory') await import('./run-memory.ts');
else
  throw new TypeError(
    `Unknown scenario ${values.scenario}, expected digest, schedule, webhooks, reload, channels, models, turns or memory`,
  );
