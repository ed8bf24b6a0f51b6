import { modelCalls } from '../../schemas/db/model-calls.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { CallOutcome } from '../../schemas/model-outcomes.ts';
import { type FakeAnswer, type FakeModel, fakeModel } from '../support/fake-openai.ts';
import { modelWorld, yesOrNo } from '../support/model-world.ts';
import { seeded } from './kill-plan.ts';

/** A fault, how often it comes, and what it is to be put on record as. */
type Fault = readonly [name: string, answer: FakeAnswer, outcome: CallOutcome];

const good = '{"answer":"yes"}';
const faults: readonly Fault[] = [
  ['429 with Retry-After', { status: 429, retryAfter: '30' }, 'limited'],
  ['429 without', { status: 429 }, 'limited'],
  ['429 of an empty purse', { status: 429, code: 'insufficient_quota' }, 'noMoney'],
  ['500', { status: 500 }, 'away'],
  ['503', { status: 503 }, 'away'],
  ['400', { status: 400 }, 'badRequest'],
  ['400, too long', { status: 400, code: 'context_length_exceeded' }, 'tooLong'],
  ['401', { status: 401 }, 'noKey'],
  ['402', { status: 402 }, 'noMoney'],
  ['403', { status: 403 }, 'noKey'],
  ['404', { status: 404 }, 'noModel'],
  ['cut before an answer', { cut: true }, 'away'],
  ['no protocol', { raw: '<html>' }, 'broke'],
  ['cut stream', { half: '{"answer":' }, 'broke'],
  ['slow first token', { hang: true }, 'slow'],
  ['invalid JSON', { say: '{"answer": yes}' }, 'lied'],
  ['wrong schema', { say: '{"answer":"maybe"}' }, 'lied'],
  ['lies about usage', { say: good, usage: { prompt_tokens: 0, completion_tokens: -1 } }, 'answered'],
];

export interface FaultVerdict {
  readonly calls: number;
  /** Questions that nobody answered although a model was well. */
  readonly unanswered: number;
  /** What a day of the paid model cost at most, of what it may. */
  readonly mostOfBudget: number;
  /** By fault: how often it was served. */
  readonly served: Readonly<Record<string, number>>;
  /** Outcomes on record that differ from what was served, by model. */
  readonly misnamed: readonly string[];
  /** Of answers whose tokens the provider lied about: those that were counted as it said. */
  readonly believed: number;
}

/** Longer than an answer takes on a machine that is busy with other tests; so what keeps silent is served more seldom. */
const firstMs = 2_000;
const silentShare = 0.2;

const costPerDay = 0.05;
const price = { input: 10, output: 10 };
const dayMs = 24 * 3_600_000;

/**
 * Asks so many questions of two models that fail in every way, one that is well and costs money within a budget, and one
 * that is well and free. The clock goes on by up to 20 minutes with each, so that what rests comes back.
 *
 * @param log - told of progress
 */
export async function runModelFaults(
  seed: number,
  calls: number,
  log: (words: string) => void = () => undefined,
): Promise<FaultVerdict> {
  const random = seeded(seed);
  const served: Record<string, number> = {};
  const expected: Record<string, Partial<Record<CallOutcome, number>>> = { shaky: {}, wobbly: {} };
  const note = (model: string, outcome: CallOutcome) => {
    expected[model]![outcome] = (expected[model]![outcome] ?? 0) + 1;
  };
  const failing = (model: string) =>
    fakeModel(() => {
      if (random() < 0.3) {
        note(model, 'answered');
        return { say: good };
      }
      const pick = () => faults[Math.floor(random() * faults.length)]!;
      let [name, answer, outcome] = pick();
      while ('hang' in answer && random() > silentShare) [name, answer, outcome] = pick();
      served[name] = (served[name] ?? 0) + 1;
      note(model, outcome);
      return answer;
    });
  await using shaky = await failing('shaky');
  await using wobbly = await failing('wobbly');
  await using paid = await fakeModel(() => ({ say: good }));
  await using free = await fakeModel(() => ({ say: good }));
  const remote = (name: string, { openaiEndpoint: endpoint }: FakeModel, more: object = {}) => ({
    ...{ name, type: 'remote', endpoint, auth: { api_key: name }, ...more },
  });
  const models = [
    remote('shaky', shaky, { price }),
    remote('wobbly', wobbly, { price }),
    remote('paid', paid, { price, budget: { costPerDay } }),
    remote('free', free),
  ];
  await using world = await modelWorld({ models }, { firstRemote: firstMs, firstLocal: firstMs, whole: 10_000 });
  let unanswered = 0;
  for (let at = 0; at < calls; at += 1) {
    await world.ask({ schema: yesOrNo }).catch((error: unknown) => {
      if (!(error instanceof StewardError)) throw error;
      unanswered += 1;
    });
    world.clock.advance(Math.floor(random() * 20 * 60_000));
    if ((at + 1) % 500 === 0) log(`${at + 1} of ${calls} questions, ${unanswered} unanswered`);
  }
  await world.meter.idle();
  const rows = await world.store.db.select().from(modelCalls).orderBy(modelCalls.createdAt);
  const found: typeof expected = { shaky: {}, wobbly: {} };
  for (const { model, outcome } of rows) {
    const own = found[model];
    if (own !== undefined) own[outcome ?? 'stopped'] = (own[outcome ?? 'stopped'] ?? 0) + 1;
  }
  const bills = rows.filter(({ model }) => model === 'paid');
  return {
    ...{ calls, unanswered, served },
    mostOfBudget: mostInADay(bills.map(({ createdAt, cost }) => ({ at: createdAt.getTime(), cost }))) / costPerDay,
    misnamed: Object.keys(expected).flatMap((model) => differences(model, expected[model]!, found[model]!)),
    believed: rows.filter(({ outcome, inputTokens, outputTokens }) => {
      return outcome === 'answered' && (inputTokens <= 0 || outputTokens <= 0);
    }).length,
  };
}

function mostInADay(bills: readonly { readonly at: number; readonly cost: number }[]): number {
  let most = 0;
  let sum = 0;
  let from = 0;
  for (const { at, cost } of bills) {
    sum += cost;
    while (bills[from]!.at <= at - dayMs) sum -= bills[from++]!.cost;
    most = Math.max(most, sum);
  }
  return most;
}

const differences = (
  model: string,
  expected: Partial<Record<CallOutcome, number>>,
  found: Partial<Record<CallOutcome, number>>,
): string[] =>
  [...new Set([...Object.keys(expected), ...Object.keys(found)] as CallOutcome[])]
    .filter((outcome) => (expected[outcome] ?? 0) !== (found[outcome] ?? 0))
    .map((outcome) => `${model} ${outcome}: served ${expected[outcome] ?? 0}, on record ${found[outcome] ?? 0}`);
