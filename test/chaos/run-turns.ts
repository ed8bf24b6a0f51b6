/**
 * A seeded campaign of SIGKILLs of the worker in the middle of turns that a model answers:
 * `npm run chaos -- --scenario turns --seed 1 --kills 1 --turns 500 --rooms 10`. Exits 1 where a turn was not answered,
 * was answered twice, or where what the provider sold is more than 2 % above what the turns cost without a crash.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { fakeModel } from '../support/fake-openai.ts';
import { chaosHome } from './chaos-home.ts';
import { apiLine } from './chat-lines.ts';
import { seeded } from './kill-plan.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '1' },
    turns: { type: 'string', default: '500' },
    rooms: { type: 'string', default: '10' },
  },
});
const [seed, kills, turns, rooms] = [values.seed, values.kills, values.turns, values.rooms].map(Number) as [
  number,
  number,
  number,
  number,
];
/** An answer takes this long: so much of it is under way at a kill. */
const answerMs = 200;
const tokensOfAnswer = 150;
/** What has not come by then does not come. */
const restWithinMs = 3 * 60_000;

const tell = (text: string) => process.stderr.write(`${text}\n`);
const random = seeded(seed);
const sold = new Map<string, number>();
await using provider = await fakeModel((last) => {
  const said = /question \d+ of \d+/.exec(last)?.[0] ?? last;
  // Counted when it is sold: an answer that nobody was there to hear is paid for too.
  sold.set(said, (sold.get(said) ?? 0) + 1);
  return {
    ...{ say: `Answer to ${said}.`, afterMs: answerMs },
    usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: tokensOfAnswer },
  };
});
tell(`seed ${seed}: starting Steward`);
await using home = chaosHome({
  files: {
    'models.yaml': `probe: false\nmodels: [{ name: scripted, type: remote, endpoint: "${provider.openaiEndpoint}" }]\n`,
    'steward.yaml': 'agent: { tokensPerDay: 100000000 }\n',
  },
});
const lines = Array.from({ length: rooms }, (_, at) => apiLine(`room-${at}`));
const questions = Array.from({ length: turns }, (_, at) => `question ${at} of ${turns}`);
const began = performance.now();
for (const [at, text] of questions.entries()) await lines[at % rooms]!.say(home, text);
tell(`${turns} questions are asked`);

const answered = async () => {
  const heard = await Promise.all(lines.map((line) => line.heard(home)));
  return heard.flat().flatMap((text) => /question \d+ of \d+/.exec(text)?.[0] ?? []);
};
const killAt = Array.from({ length: kills }, () => Math.floor((0.1 + random() * 0.8) * turns)).sort((a, b) => a - b);
let fewest = -1;
for (let until = performance.now() + restWithinMs; performance.now() < until; await sleep(100)) {
  if (killAt.length > 0 && sold.size >= killAt[0]!) {
    killAt.shift();
    await sleep(random() * answerMs);
    await home.kill('steward');
    tell(`killed after ${sold.size} questions`);
  }
  const count = await answered().then(
    (all) => all.length,
    () => fewest,
  );
  if (count >= turns && killAt.length === 0) break;
  if (count > fewest) until = performance.now() + restWithinMs;
  fewest = Math.max(fewest, count);
}
await sleep(3_000);
const all = await answered();
const lost = questions.filter((text) => !all.includes(text)).length;
const twice = all.length - new Set(all).size;
const calls = [...sold.values()].reduce((sum, one) => sum + one, 0);
const ratio = Math.round((calls / turns) * 1_000) / 1_000;
const { rows } = await home.withStore(({ db }) =>
  db.execute<{ tokens: number }>(
    `select coalesce(sum(input_tokens + output_tokens), 0)::float8 tokens from model_calls where outcome = 'answered'`,
  ),
);
const verdict = {
  turns,
  rooms,
  kills,
  lost,
  twice,
  calls,
  tokensOverCrashFree: ratio,
  answeredTokens: rows[0]!.tokens,
};
const seconds = Math.round((performance.now() - began) / 1_000);
process.stdout.write(`${JSON.stringify({ scenario: 'turns', seed, ...verdict, seconds })}\n`);
if (lost > 0 || twice > 0 || ratio > 1.02) process.exitCode = 1;
