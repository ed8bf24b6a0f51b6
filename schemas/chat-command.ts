import { limits } from './protocol.ts';

/** What a message orders: `/digest home "two words"`. */
export interface ChatCommand {
  /** Lower case, without the slash. */
  readonly name: string;
  /** What stands behind the name, at most `maxWords`; a word in quotes is one word without them. */
  readonly words: readonly string[];
  /** The same as it was written, all of it. */
  readonly rest: string;
}

/** More words than any command has; the others are in `rest` only. */
export const maxWords = 200;

const mention = /^(?:@[^\s/]+|[^\s/@:,]{1,64}(?=[:,]))[:,]?\s+(?=\/)/u;
const command = /^\/(\p{L}[\p{L}\p{N}_-]{0,63})(?:\s+|$)/u;
/** Phones write the quotes of a language; an apostrophe is a quote only around whole words, as in `'two words'`. */
const word = /'([^']*)'(?=\s|$)|(?:["“”„][^"“”„]*["“”„]|\S)+/gu;
const quoted = /["“”„]([^"“”„]*)["“”„]/gu;

/**
 * Reads a message as a command: a slash and a name, perhaps behind a mention of whoever it is for, such as
 * `steward: /help`. Whether that is Steward is for `addressed` of the message to say. Text in, text out; never throws.
 *
 * @returns undefined for every other message, a path such as `/etc/hosts` among them
 */
export function parseCommand(text: string): ChatCommand | undefined {
  const said = text.trim().replace(mention, '');
  const [head, name] = command.exec(said) ?? [];
  if (head === undefined || name === undefined) return undefined;
  const rest = said.slice(head.length);
  const words: string[] = [];
  for (const [found, inside] of rest.slice(0, limits.chatTextChars).matchAll(word)) {
    if (words.length === maxWords) break;
    words.push(inside ?? found.replace(quoted, '$1'));
  }
  return { name: name.toLowerCase(), words, rest };
}

/** Commands that a person may give in a conversation, as they are typed, without `/`. */
export const commandNames: readonly string[] = [
  ...['status', 'report', 'digest', 'triggers', 'run', 'runs', 'pause', 'resume'],
  ...[
    'approvals',
    'approve',
    'deny',
    'cancel',
    'remember',
    'correct',
    'forget',
    'pin',
    'unpin',
    'what',
    'why',
    'recall',
    'habits',
    'meant',
    'pair',
    'help',
  ],
];

/** What stands behind a service's own command, such as `/steward status`, with the slash that it lacks. Pure. */
export function commandLine(text: string): string {
  const [first = ''] = text.split(/\s/, 1);
  return commandNames.includes(first.toLowerCase()) ? `/${text}` : text;
}
