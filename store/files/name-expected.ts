import type { z } from 'zod';

/** What a value must be, as the end of a sentence. */
export interface Expected {
  /** After "expected". */
  readonly expected?: string;
  /** What is wrong, where the schema says it in words of its own. */
  readonly words?: string;
  /** Words of which one may have been meant. */
  readonly known?: readonly string[];
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
};

const formatNames: Readonly<Record<string, string>> = {
  url: 'an address such as https://example.org',
  datetime: 'an instant such as 2026-12-24T18:00:00+01:00',
  date: 'a date such as 2026-12-24',
  email: 'an address such as me@example.org',
};

/** Says what one issue of a schema expects; undefined where it is no single thing, such as a union. */
export function nameExpected(issue: z.core.$ZodIssue): Expected {
  switch (issue.code) {
    case 'invalid_type':
      return {
        expected: typeNames[issue.expected] ?? issue.expected,
        ...(issue.expected === 'boolean' ? { known: ['true', 'false'] } : {}),
      };
    case 'invalid_value': {
      const known = issue.values.map(String);
      return { expected: known.length === 1 ? known[0]! : `one of ${known.join(', ')}`, known };
    }
    case 'too_small':
      return { expected: ownWords(issue) ?? bound(issue.origin, issue.minimum, issue.inclusive ?? true, 'more') };
    case 'too_big':
      return { expected: ownWords(issue) ?? bound(issue.origin, issue.maximum, issue.inclusive ?? true, 'less') };
    case 'invalid_format': {
      const pattern = issue.pattern === undefined ? issue.format : `text that matches ${issue.pattern}`;
      return { expected: ownWords(issue) ?? formatNames[issue.format] ?? pattern };
    }
    default: {
      const expected = ownWords(issue);
      return expected === undefined ? { words: issue.message } : { expected };
    }
  }
}

/** A schema of ours says "expected ..." itself. */
function ownWords({ message }: z.core.$ZodIssue): string | undefined {
  return message.startsWith('expected ') ? message.slice('expected '.length) : undefined;
}

function bound(origin: string, limit: number | bigint, inclusive: boolean, way: 'more' | 'less'): string {
  const unit = origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '';
  const count = unit !== '' && limit === 1 ? `1${unit === ' entries' ? ' entry' : ' character'}` : `${limit}${unit}`;
  return inclusive ? `${count} or ${way}` : `${way} than ${count}`;
}
