import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { editorSchema } from '../schemas/editor-schemas.ts';
import { clockSemantics, type Semantics, type Step, triggerSemantics } from './trigger-semantics.ts';

interface Shape {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly format?: string;
  readonly examples?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
}

/**
 * Fills the places of docs/triggers.md: `<!-- keys KIND -->` with the keys that the schema has, `<!-- terms -->` and
 * `<!-- clocks -->` with the cases that a test runs, `<!-- example NAME -->` with the file. Each place ends with
 * `<!-- end -->`.
 *
 * @throws RangeError for a place that is none of these
 */
export function fillTriggers(root: string, page: string): string {
  return page.replace(/(<!-- (\w+) ?([\w,]*) -->\n)[\s\S]*?(<!-- end -->)/g, (_whole, mark, place, name, end) => {
    return `${mark}\n${fillOne(root, place as string, name as string)}\n\n${end}`;
  });
}

function fillOne(root: string, place: string, name: string): string {
  switch (place) {
    case 'keys':
      return table(['key', 'is', 'default', 'says'], name.split(',').flatMap(keysOf));
    case 'contract':
      return table(['key', 'is', 'default', 'says'], contractKeys());
    case 'terms':
      return termsOf();
    case 'clocks':
      return table(
        ['rule', 'zone', 'the next ones, UTC', 'why'],
        clockSemantics.map(({ schedule, zone, slots, why }) => [code(schedule), zone, slots.join('<br>'), why]),
      );
    case 'example':
      return `\`\`\`yaml\n${readFileSync(join(root, `docs/examples/triggers/${name}.yaml`), 'utf8').trim()}\n\`\`\``;
    default:
      throw new RangeError(
        `docs/triggers.md has a place "${place}", expected keys, contract, terms, clocks or example`,
      );
  }
}

const trigger = () => editorSchema('trigger') as Shape;

function keysOf(kind: string): string[][] {
  const form = trigger().properties?.when?.anyOf?.find((one) => one.properties?.[kind] !== undefined);
  if (form === undefined) throw new RangeError(`There is no kind ${kind} of trigger`);
  return rowsOf(form, 'when.');
}

function contractKeys(): string[][] {
  const { properties = {}, required = [] } = trigger();
  const { when: _, ...rest } = properties;
  return rowsOf({ properties: rest, required }, '');
}

function rowsOf({ properties = {}, required = [] }: Shape, before: string): string[][] {
  return Object.entries(properties).flatMap(([name, shape]) => {
    const fallback = required.includes(name) ? 'must be there' : shape.default;
    const shown = fallback === undefined || typeof fallback === 'string' ? (fallback ?? '') : JSON.stringify(fallback);
    const own = [code(before + name), wordsOf(shape), shown === 'must be there' ? shown : shown && code(shown)];
    const inner = shape.type === 'object' && before.split('.').length < 4 ? rowsOf(shape, `${before}${name}.`) : [];
    return [[...own, shape.description ?? ''], ...inner];
  });
}

function wordsOf(shape: Shape): string {
  if (shape.anyOf !== undefined) {
    const words = shape.anyOf.filter((one) => one.description !== 'A reference').map(wordsOf);
    // Milliseconds may stand for a duration; nobody needs to be told in each row.
    return words.includes('a duration') ? 'a duration' : [...new Set(words)].join(', or ');
  }
  if (shape.const !== undefined) return code(shape.const);
  if (shape.enum !== undefined) return shape.enum.map(code).join(', ');
  if (shape.examples !== undefined) return 'a duration';
  if (shape.type === 'array') return `a list of ${wordsOf(shape.items ?? {})}`;
  if (shape.format === 'date-time') return 'an instant';
  if (shape.format === 'uri') return 'an address';
  const { minimum, maximum } = shape;
  const range =
    maximum === undefined ? '' : minimum === undefined ? `, up to ${maximum}` : `, ${minimum} to ${maximum}`;
  const names: Readonly<Record<string, string>> = {
    ...{ string: 'text', boolean: 'true or false', object: 'a map' },
    ...{ integer: `a whole number${range}`, number: `a number${range}` },
  };
  return names[shape.type ?? ''] ?? 'anything';
}

const stepWords: Readonly<Record<Step['do'], string>> = {
  on: 'on at',
  offUntil: 'off until',
  slot: 'on, seen at',
  event: 'event at',
  sameEvent: 'the same event at',
  ask: 'a person asks at',
  ends: 'the run ends at',
  fails: 'the run fails at',
};

function termsOf(): string {
  const rows = triggerSemantics.map((row) => [
    row.key,
    row.file === '' ? '' : row.file.split('\n').map(code).join('<br>'),
    situationOf(row),
    row.becomes.length === 0 ? 'nothing' : row.becomes.join('<br>'),
  ]);
  return table(['about', 'the file says', 'what happens', 'what becomes of it'], rows);
}

function situationOf({ steps, on }: Semantics): string {
  if (steps.length === 0) return 'the file is read';
  const words = steps.map(({ at, do: what, event }) => {
    const holds = event === undefined ? '' : ` ${code(JSON.stringify(event))}`;
    return `${stepWords[what]} ${at}${holds}`;
  });
  return `${on === 'hourly' ? 'hourly; ' : ''}${words.join(', ')}`;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
const code = (text: string) => `\`${text}\``;
