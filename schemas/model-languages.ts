/** Languages in which models are tried. BCP 47. */
export const modelLanguages = ['en', 'de', 'zh'] as const;
export type ModelLanguage = (typeof modelLanguages)[number];
