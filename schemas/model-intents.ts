/** What somebody wants of a model; each has routes of its own in `models.yaml`. */
export const intents = [
  'command',
  'question',
  'summarise',
  'extract',
  'plan',
  'write',
  'translate',
  'transcribe',
  'see',
] as const;
export type Intent = (typeof intents)[number];
