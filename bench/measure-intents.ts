import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { learnIntents } from '../activities/models/pipeline/learn-intents.ts';
import { recogniseIntent } from '../activities/models/pipeline/recognise-intent.ts';
import type { Intent } from '../schemas/model-intents.ts';

export interface Utterance {
  readonly intent: Intent;
  readonly text: string;
}

export const languages = ['en', 'de', 'zh'] as const;

/** Labelled utterances of a language; every second one is held back: rules are made with the others in sight. */
export function utterances(language: string, heldBack: boolean): Utterance[] {
  const path = fileURLToPath(new URL(`intents/${language}.tsv`, import.meta.url));
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .filter((_, at) => (at % 2 === 1) === heldBack)
    .map((line) => {
      const [intent, text] = line.split('\t') as [Intent, string];
      return { intent, text };
    });
}

/** How often the rules are right on what was held back, alone and with lessons of the other half, and what one takes. */
export function measureIntents() {
  const lessons = languages.flatMap((language) => utterances(language, false));
  const began = performance.now();
  const guess = learnIntents(lessons);
  const learnedMs = round(performance.now() - began, 1);
  const share = (language: string, intentOf: (text: string) => Intent) => {
    const held = utterances(language, true);
    return round(held.filter(({ intent, text }) => intentOf(text) === intent).length / held.length, 1_000);
  };
  const right = Object.fromEntries(
    languages.map((language) => [
      language,
      {
        n: utterances(language, true).length,
        rulesAlone: share(language, (text) => recogniseIntent(text).intent),
        withLessons: share(language, (text) => guess(text).intent),
      },
    ]),
  );
  const all = languages.flatMap((language) => utterances(language, true));
  const each = (work: (text: string) => unknown) => {
    const from = performance.now();
    for (const { text } of all) work(text);
    return round((performance.now() - from) / all.length, 1_000);
  };
  return {
    right,
    msEach: { rulesAlone: each(recogniseIntent), withLessons: each(guess) },
    lessons: lessons.length,
    learnedMs,
  };
}

const round = (value: number, parts: number) => Math.round(value * parts) / parts;
