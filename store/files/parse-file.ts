import { createHash } from 'node:crypto';
import { type Document, isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { describeIssues, type TextFault, wrongValue } from './describe-issue.ts';
import type { Expected } from './name-expected.ts';
import { type ReferencePlaces, resolveReferences } from './resolve-references.ts';

export type ParsedFile<T> =
  | { readonly ok: true; readonly value: T; readonly hash: string }
  | { readonly ok: false; readonly faults: readonly [TextFault, ...TextFault[]]; readonly hash: string };

/** What a schema cannot know is wrong with a value. */
export type Unfit = Expected & { readonly path: readonly (string | number)[] };

/** A thousand aliases of aliases would fill the memory. @source yaml, `maxAliasCount` */
const maxAliasCount = 50;
const maxBytes = 1_048_576;

/** SHA-256 of a file's text, hex. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Reads one YAML file against its schema. Never throws: each fault names line, column, what was found and what was
 * expected. What may be secret is never repeated, nor what a reference stands for.
 *
 * @param check - what the schema cannot know, such as the names of flows
 */
export function parseFile<T>(
  text: string,
  schema: z.ZodType<T>,
  places: ReferencePlaces,
  check: (value: T) => Unfit[] = () => [],
): ParsedFile<T> {
  let hash = hashOf(text);
  const lines = new LineCounter();
  if (text.length > maxBytes) return failed(hash, [faultOf({ line: 1, column: 1 }, 'The file is larger than 1 MiB')]);
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (path: readonly PropertyKey[], key = false) => placeOf(document, lines, path, key);
  if (document.errors.length > 0) {
    return failed(
      hash,
      document.errors.map((error) => faultOf(position(lines, error.pos[0]), sentence(error.message))),
    );
  }
  const faults: TextFault[] = [];
  let plain: unknown;
  try {
    plain = document.toJS({ maxAliasCount }) ?? {};
  } catch (error) {
    return failed(hash, [faultOf({ line: 1, column: 1 }, sentence((error as Error).message))]);
  }
  const resolved = resolveReferences(plain, places, (path, message) => {
    faults.push(faultOf(at(path), message));
  });
  if (faults.length > 0) return failed(hash, faults);
  // A password that changed in another place is a changed file to whoever gave up on the old one.
  if (places.fingerprint !== undefined && resolved !== plain && text.includes('${')) {
    hash = hashOf(`${text}\0${places.fingerprint(JSON.stringify(resolved))}`);
  }
  const parsed = schema.safeParse(resolved);
  const about = { at, schema, raw: plain, value: resolved };
  if (!parsed.success) return failed(hash, describeIssues(parsed.error.issues, about));
  const more = check(parsed.data).map(({ path, ...expected }) => wrongValue(path, expected, about));
  return more.length > 0 ? failed(hash, more) : { ok: true, value: parsed.data, hash };
}

function failed(
  hash: string,
  faults: readonly TextFault[],
): { ok: false; faults: [TextFault, ...TextFault[]]; hash: string } {
  const [first = faultOf({ line: 1, column: 1 }, 'The file cannot be read'), ...rest] = faults;
  return { ok: false, faults: [first, ...rest], hash };
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

/** What a value begins with that YAML takes for something else. */
const signs: readonly (readonly [RegExp, string])[] = [
  [/^Unresolved alias/, '*'],
  [/^Block scalar header/, '| or >'],
  [/^(Could not resolve tag|The tag has no suffix|Verbatim tags)/, '!'],
];

/** A password without quotes may be none to YAML, so of a file's own text nothing is repeated. */
function sentence(message: string): string {
  const words = message
    .replace(/ at line \d+.*$/s, '')
    .replace(/( \(the anchor [^)]*\))?(?<=\S): .*$/s, '')
    .replace(/^(Invalid escape sequence|Unsupported YAML version|Verbatim tags aren't resolved)\b.*$/s, '$1')
    .replace(/^The .* tag has no suffix$/s, 'The tag has no suffix')
    .replace(/\.$/, '');
  const sign = signs.find(([begins]) => begins.test(words))?.[1];
  return sign === undefined ? words : `${words}, expected quotes around a value that begins with ${sign}`;
}

const faultOf = (place: { line: number; column: number }, message: string): TextFault => ({
  ...place,
  message,
  plain: message,
});
