/** A command as a person typed it. */
export interface TypedCommand {
  /** Lower case, without `/`. */
  readonly name: string;
  readonly words: readonly string[];
  /** All that follows the name, as it was typed. */
  readonly rest: string;
}

/** `steward: /help` and `@steward /help` are spoken to Steward like `/help`. */
const spokenTo = /^@?[\w.-]{1,60}(?:[:,]\s*|\s+)(?=\/\w)/;
const command = /^\/([a-z][\w-]{0,39})(?:\s+([\s\S]*))?$/i;
const mostWords = 200;

/** Reads a message as a command: `/` and a word, then words; "two words" in quotes are one. Pure; never throws. */
export function parseCommand(text: string): TypedCommand | undefined {
  const found = command.exec(text.trim().replace(spokenTo, ''));
  if (found === null) return undefined;
  const [, name = '', rest = ''] = found;
  return { name: name.toLowerCase(), words: wordsOf(rest), rest: rest.trim() };
}

function wordsOf(text: string): string[] {
  const words = text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g);
  return [...words].slice(0, mostWords).map(([, double, single, bare]) => double ?? single ?? bare ?? '');
}
