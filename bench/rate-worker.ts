/**
 * One worker that asks as fast as it may: `node bench/rate-worker.ts DATABASE_URL PERSON CALLS PER_MINUTE [REDIS_URL]`. Prints
 * the instants at which its calls were let through, milliseconds, as JSON.
 */
import { makeMeter } from '../activities/models/meter.ts';
import { systemClock } from '../schemas/clock.ts';
import { modelsFile } from '../schemas/models-file.ts';
import { openHotTier } from '../store/hot/open-hot-tier.ts';
import { keyRing } from '../store/keys/key-ring.ts';
import { openDatabase } from '../store/open-database.ts';
import { testRootKeys } from '../test/support/postgres.ts';

const [url, personId, calls, perMinute, redisUrl] = process.argv.slice(2) as [string, string, string, string, string?];
const opened = openDatabase(url);
const store = { db: opened.db, keys: keyRing(testRootKeys()), clock: systemClock };
const hot = await openHotTier({ redisUrl });
const meter = makeMeter({ store, hot, log: { warn: (...words: unknown[]) => console.error(...words) } });
const file = modelsFile.parse({
  models: [{ name: 'm', type: 'ollama', limits: { requestsPerMinute: Number(perMinute) } }],
});
const passed: number[] = [];
let left = Number(calls);
const one = async () => {
  while (left > 0) {
    left -= 1;
    for (;;) {
      try {
        const call = await meter.begin(
          file,
          file.models[0]!,
          {
            ...{ messages: [{ role: 'user', content: 'x' }], tools: [], maxOutputTokens: 10 },
            ...{ intent: 'question', for: { personId, purpose: 'test' } },
          },
          { tokens: 20, tokensIn: 10, localOnly: false },
        );
        passed.push(Date.now());
        call.ended('answered', { input: 1, output: 1 });
        break;
      } catch {
        // Its turn was too far away: somebody else would be asked.
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }
};
await Promise.all(Array.from({ length: 30 }, one));
await meter.idle();
await hot.close();
await opened.close();
process.stdout.write(JSON.stringify(passed));
