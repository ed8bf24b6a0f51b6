import { type Intent, intents } from '../../../schemas/model-intents.ts';
import { type Recognised, recogniseIntent } from './recognise-intent.ts';

/** What a person said, and what was meant by it. */
export interface Lesson {
  readonly text: string;
  readonly intent: Intent;
}

/** Which intent something has, with how sure that is, 0 to 1. */
export interface Guess {
  readonly intent: Intent;
  readonly sure: number;
}

/** How much the rules' word counts before anything was learned. With no lesson at all, theirs is the answer. */
const rulesWeight = { rule: 3, default: 0.7 } as const;
const epochs = 40;
const rate = 0.15;
/** Of each weight, for each step that it takes part in: what was seen once is not learned by heart. */
const decay = 0.0005;

/**
 * Learns from lessons what somebody means: multinomial logistic regression over words, pairs of words and, for writing
 * without blanks, pairs of characters, which begins with the rules' verdict. The same lessons give the same weights. Pure.
 *
 * @source Jurafsky and Martin, Speech and Language Processing, chapter 5
 */
export function learnIntents(lessons: readonly Lesson[]): (text: string) => Guess {
  const places = new Map<string, number>();
  const placesOf = (text: string) =>
    featuresOf(text).map((feature) => {
      const place = places.get(feature) ?? places.size * intents.length;
      places.set(feature, place);
      return place;
    });
  const seen = lessons.map(({ text, intent }) => ({
    own: placesOf(text),
    prior: priorOf(text),
    at: intents.indexOf(intent),
  }));
  const weights = new Float64Array(places.size * intents.length);
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    const step = rate / (1 + epoch * 0.05);
    for (const { own, prior, at } of seen) {
      const errors = oddsOf(weights, own, prior).map((odds, k) => (k === at ? 1 : 0) - odds);
      for (const place of own)
        for (let k = 0; k < intents.length; k += 1)
          weights[place + k] = weights[place + k]! * (1 - decay) + step * errors[k]!;
    }
  }
  return (text) => {
    const known = featuresOf(text).flatMap((feature) => places.get(feature) ?? []);
    const odds = oddsOf(weights, known, priorOf(text));
    const best = odds.indexOf(Math.max(...odds));
    return { intent: intents[best]!, sure: odds[best]! };
  };
}

function priorOf(text: string): { readonly at: number; readonly weight: number } {
  const { intent, by }: Recognised = recogniseIntent(text);
  return { at: intents.indexOf(intent), weight: by === 'rule' ? rulesWeight.rule : rulesWeight.default };
}

/** The odds of each intent, together 1. */
function oddsOf(
  weights: Float64Array,
  places: readonly number[],
  prior: { readonly at: number; readonly weight: number },
) {
  const sum = new Float64Array(intents.length);
  sum[prior.at] = prior.weight;
  for (const place of places) for (let k = 0; k < sum.length; k += 1) sum[k] = sum[k]! + weights[place + k]!;
  const most = Math.max(...sum);
  const grown = sum.map((value) => Math.exp(value - most));
  const total = grown.reduce((all, one) => all + one, 0);
  return grown.map((one) => one / total);
}

/** Linear in the first 500 characters. */
function featuresOf(text: string): string[] {
  const words =
    text
      .slice(0, 500)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+|[/?？!]/gu) ?? [];
  const features = new Set<string>();
  for (const [at, word] of words.entries()) {
    if (/\p{Script=Han}/u.test(word)) {
      const signs = [...word];
      for (const [i, sign] of signs.entries()) {
        features.add(sign);
        if (i > 0) features.add(signs[i - 1]! + sign);
      }
      continue;
    }
    features.add(word);
    if (word.length > 5) features.add(`${word.slice(0, 5)}-`);
    const next = words[at + 1];
    if (next !== undefined) features.add(`${word} ${next}`);
  }
  features.add(`^${words[0] ?? ''}`);
  return [...features];
}
