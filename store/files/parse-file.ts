import { createHash } from 'node:crypto';
import { type Document, isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type ReferencePlaces, resolveReferences } from './resolve-references.ts';

/** What is wrong in a text, and where. 1-based. */
export interface TextFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type ParsedFile<T> =
  | { readonly ok: true; readonly value: T; readonly hash: string }
  | { readonly ok: false; readonly faults: readonly [TextFault, ...TextFault[]]; readonly hash: string };

/** A thousand aliases of aliases would fill the memory. @source yaml, `maxAliasCount` */
const maxAliasCount = 50;
const maxBytes = 1_048_576;

/** SHA-256 of a file's text, hex. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Reads one YAML file against its schema. Never throws: each fault names line, column, what was found and what was
 * expected, and never a value that may be secret.
 *
 * @param check - what the schema cannot know, such as the names of flows
 */
export function parseFile<T>(
  text: string,
  schema: z.ZodType<T>,
  places: ReferencePlaces,
  check: (value: T) => { path: (string | number)[]; message: string }[] = () => [],
): ParsedFile<T> {
  const hash = hashOf(text);
  const lines = new LineCounter();
  if (text.length > maxBytes) return failed(hash, [{ line: 1, column: 1, message: 'The file is larger than 1 MiB' }]);
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (path: readonly PropertyKey[], key = false) => placeOf(document, lines, path, key);
  if (document.errors.length > 0) {
    return failed(
      hash,
      document.errors.map((error) => ({ ...position(lines, error.pos[0]), message: sentence(error.message) })),
    );
  }
  const faults: TextFault[] = [];
  const plain = (document.toJS({ maxAliasCount }) ?? {}) as unknown;
  const resolved = resolveReferences(plain, places, (path, name) => {
    faults.push({ ...at(path), message: `${name} leads nowhere, expected it to be set` });
  });
  if (faults.length > 0) return failed(hash, faults);
  const parsed = schema.safeParse(resolved);
  if (!parsed.success)
    return failed(
      hash,
      parsed.error.issues.flatMap((issue) => describeIssue(issue, at)),
    );
  const more = check(parsed.data).map(({ path, message }) => ({ ...at(path), message }));
  return more.length > 0 ? failed(hash, more) : { ok: true, value: parsed.data, hash };
}

function failed(
  hash: string,
  faults: readonly TextFault[],
): { ok: false; faults: [TextFault, ...TextFault[]]; hash: string } {
  const [first = { line: 1, column: 1, message: 'The file cannot be read' }, ...rest] = faults;
  return { ok: false, faults: [first, ...rest], hash };
}

type PlaceOf = (path: readonly PropertyKey[], key?: boolean) => { line: number; column: number };

function describeIssue(issue: z.core.$ZodIssue, at: PlaceOf): TextFault[] {
  const name = issue.path.map(String).join('.');
  const here = name === '' ? 'the file' : name;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ ...at([...issue.path, key], true), message: `Unknown key ${key} in ${here}` }));
    case 'invalid_union': {
      // The branch that came furthest is the one that was meant.
      const branches = issue.errors.map((errors) =>
        errors.flatMap((inner) =>
          describeIssue({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue, at),
        ),
      );
      const best = branches
        .filter((faults) => faults.length > 0)
        .sort((a, b) => a.length - b.length || b[0]!.line - a[0]!.line)[0];
      return best ?? [{ ...at(issue.path), message: `${here} has none of the expected forms` }];
    }
    case 'invalid_type':
      return [
        {
          ...at(issue.path),
          message: `${here} ${issue.input === undefined ? 'is missing' : 'has another type'}, expected ${issue.expected}`,
        },
      ];
    case 'invalid_value':
      return [{ ...at(issue.path), message: `${here} is not one of ${issue.values.map(String).join(', ')}` }];
    default:
      return [{ ...at(issue.path), message: `${here}: ${issue.message}` }];
  }
}

/** Line and column of the value at a path, of its key, or of the nearest thing above it that is there. */
function placeOf(document: Document, lines: LineCounter, path: readonly PropertyKey[], key: boolean) {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const pair = isMap(parent)
      ? parent.items.find((item) => isPair(item) && String(item.key) === String(path[length - 1]))
      : undefined;
    const node =
      pair === undefined
        ? document.getIn(path.slice(0, length), true)
        : key || pair.value === null
          ? pair.key
          : pair.value;
    if (isNode(node) && node.range != null) return position(lines, node.range[0]);
  }
  return { line: 1, column: 1 };
}

function position(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

const sentence = (message: string) => message.replace(/ at line \d+.*$/s, '').replace(/\.$/, '');
