/** What became of what was said on one line. */
export interface ChatVerdict {
  readonly said: number;
  /** Said, and never answered. */
  readonly lost: readonly string[];
  /** Answered more than once. */
  readonly twice: readonly string[];
  /** Answers that came before the answer of something that was said earlier. */
  readonly reordered: number;
  /** Answers to nothing that was said. */
  readonly invented: number;
}

/** Every message of a campaign is a command of its own, which no Steward has; the answer repeats it. */
export const words = (seed: number, at: number) => `/s${seed}m${at}`;

/** Holds the answers that a reader sees against what was said. Pure. @param heard - in the order of the reader's screen */
export function judgeChat(said: readonly string[], heard: readonly string[]): ChatVerdict {
  const place = new Map(said.map((text, at) => [text, at]));
  const times = new Map<string, number>();
  let newest = -1;
  let reordered = 0;
  let invented = 0;
  for (const answer of heard) {
    const text = /\/s\d+m\d+/.exec(answer)?.[0];
    const at = text === undefined ? undefined : place.get(text);
    if (text === undefined || at === undefined) {
      invented += 1;
      continue;
    }
    times.set(text, (times.get(text) ?? 0) + 1);
    if (at < newest) reordered += 1;
    newest = Math.max(newest, at);
  }
  return {
    said: said.length,
    lost: said.filter((text) => !times.has(text)),
    twice: said.filter((text) => (times.get(text) ?? 0) > 1),
    ...{ reordered, invented },
  };
}
