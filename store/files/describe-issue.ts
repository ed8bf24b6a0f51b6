import type { z } from 'zod';
import { didYouMean } from '../../schemas/nearest-word.ts';
import { keysAt } from './keys-at.ts';

/** What is wrong in a text, and where. 1-based. */
export interface TextFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

interface Described {
  readonly schema: z.ZodType;
  /** What was checked; looked at for presence only, never repeated. */
  readonly value: unknown;
  /** Line and column of the value at a path, or of its key. */
  readonly at: (path: readonly PropertyKey[], key?: boolean) => { line: number; column: number };
}

/** Says of one issue where it is, what was found and what was expected; one fault for each mistyped key. */
export function describeIssue(issue: z.core.$ZodIssue, about: Described): TextFault[] {
  const { at, schema, value } = about;
  const name = issue.path.map(String).join('.');
  const here = name === '' ? 'the file' : name;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const known = keysAt(schema, issue.path);
        const expected = `expected one of ${known.join(', ')}${didYouMean(key, known)}`;
        return { ...at([...issue.path, key], true), message: `Unknown key ${key} in ${here}, ${expected}` };
      });
    case 'invalid_union':
      return nearestForm(issue, about) ?? [{ ...at(issue.path), message: formsOf(issue, here) }];
    case 'invalid_type': {
      const found = valueAt(value, issue.path) === undefined ? 'is missing' : 'has another type';
      return [{ ...at(issue.path), message: `${here} ${found}, expected ${issue.expected}` }];
    }
    case 'invalid_value':
      return [{ ...at(issue.path), message: `${here} is not one of ${issue.values.map(String).join(', ')}` }];
    default:
      return [{ ...at(issue.path), message: `${here}: ${issue.message}` }];
  }
}

/** What is wrong with the form that was most likely meant: of the right type, with the fewest mistakes. */
function nearestForm(issue: z.core.$ZodIssueInvalidUnion, about: Described): TextFault[] | undefined {
  const forms = issue.errors
    .map((errors) => ({
      wrongType: errors.some((inner) => inner.code === 'invalid_type' && inner.path.length === 0),
      unknown: errors.some((inner) => inner.code === 'unrecognized_keys' && inner.path.length === 0),
      faults: errors
        .map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }) as z.core.$ZodIssue)
        // A key that is there and unknown says more than the one that is then missing.
        .sort((a, b) => Number(b.code === 'unrecognized_keys') - Number(a.code === 'unrecognized_keys'))
        .flatMap((inner) => describeIssue(inner, about)),
    }))
    .filter(({ faults }) => faults.length > 0);
  const rank = (form: (typeof forms)[number]) =>
    (form.wrongType ? 100 : 0) + (form.unknown ? 10 : 0) + form.faults.length;
  return forms.sort((a, b) => rank(a) - rank(b))[0]?.faults;
}

function formsOf(issue: z.core.$ZodIssueInvalidUnion, here: string): string {
  const { options } = issue as { options?: unknown };
  if (Array.isArray(options)) return `${here} is not one of ${options.map(String).join(', ')}`;
  return `${here} has none of the expected forms`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let here = value;
  for (const part of path) here = (here as Record<PropertyKey, unknown> | null | undefined)?.[part];
  return here;
}
