import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
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

/** How often the rules are right on what was held back, and what one takes. */
export function measureIntents() {
  const figures = Object.fromEntries(
    languages.map((language) => {
      const held = utterances(language, true);
      const right = held.filter(({ intent, text }) => recogniseIntent(text).intent === intent).length;
      return [language, { n: held.length, right: Math.round((right / held.length) * 1_000) / 1_000 }];
    }),
  );
  const all = languages.flatMap((language) => utterances(language, true));
  const began = performance.now();
  for (const { text } of all) recogniseIntent(text);
  return { rulesAlone: figures, msEach: Math.round(((performance.now() - began) / all.length) * 1_000) / 1_000 };
}
