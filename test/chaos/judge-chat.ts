/** What became of what was said on one line. */
export interface ChatVerdict {
  readonly said: number;
  /** Said, and neither answered nor on record as an answer of which nobody knows whether it arrived. */
  readonly lost: readonly string[];
  /** Said, not answered as far as can be seen, and on record as `unknown`. */
  readonly shownUnknown: readonly string[];
  /** Answered more than once. */
  readonly twice: readonly string[];
  /** Answers that came before the answer of something that was said earlier. */
  readonly reordered: number;
  /** Answers to nothing that was said. */
  readonly invented: number;
}

/** Every message of a campaign is a command of its own, which no Steward has; the answer repeats it. */
export const words = (seed: number, at: number) => `/s${seed}m${at}`;

/** Which of them a text repeats. */
export const wordsIn = (text: string): string | undefined => /\/s\d+m\d+/.exec(text)?.[0];

/**
 * Holds the answers that a reader sees against what was said. Pure.
 *
 * @param heard - in the order of the reader's screen
 * @param unknown - what the record says of answers that left and of which nothing came back
 */
export function judgeChat(
  said: readonly string[],
  heard: readonly string[],
  unknown: ReadonlySet<string> = new Set(),
): ChatVerdict {
  const place = new Map(said.map((text, at) => [text, at]));
  const times = new Map<string, number>();
  let newest = -1;
  let reordered = 0;
  let invented = 0;
  for (const answer of heard) {
    const text = wordsIn(answer);
    const at = text === undefined ? undefined : place.get(text);
    if (text === undefined || at === undefined) {
      invented += 1;
      continue;
    }
    times.set(text, (times.get(text) ?? 0) + 1);
    if (at < newest) reordered += 1;
    newest = Math.max(newest, at);
  }
  const missing = said.filter((text) => !times.has(text));
  return {
    said: said.length,
    lost: missing.filter((text) => !unknown.has(text)),
    shownUnknown: missing.filter((text) => unknown.has(text)),
    twice: said.filter((text) => (times.get(text) ?? 0) > 1),
    ...{ reordered, invented },
  };
}
