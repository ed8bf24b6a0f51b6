import { z } from 'zod';

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly items?: Shape;
}

const shapes = new WeakMap<z.ZodType, Shape>();

/**
 * The keys that a schema knows at a path, over all its forms: what a mistyped key may have meant.
 *
 * @param kind - only of the form that has this key
 */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[], kind?: string): string[] {
  const keySets = formsAt(schema, path).map((one) => Object.keys(one.properties ?? {}));
  return [...new Set(keySets.filter((keys) => kind === undefined || keys.includes(kind)).flat())];
}

/**
 * The keys that say which of several forms a map has: each is needed by one form and known to no other. Empty where the
 * forms are not told apart so.
 */
export function kindsAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const maps = formsAt(schema, path).filter((one) => one.properties !== undefined);
  const kinds = maps.map(({ required = [] }) =>
    required.find((key) => maps.filter((other) => other.properties?.[key] !== undefined).length === 1),
  );
  return maps.length < 2 || kinds.includes(undefined) ? [] : kinds.flatMap((kind) => kind ?? []);
}

function formsAt(schema: z.ZodType, path: readonly PropertyKey[]): Shape[] {
  let shape = shapes.get(schema);
  if (shape === undefined) {
    shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Shape;
    shapes.set(schema, shape);
  }
  let here = forms(shape);
  for (const part of path) {
    here = here.flatMap((one) => {
      const next = typeof part === 'number' ? one.items : one.properties?.[String(part)];
      return next === undefined ? [] : forms(next);
    });
  }
  return here;
}

function forms(shape: Shape): Shape[] {
  const more = [...(shape.anyOf ?? []), ...(shape.oneOf ?? [])];
  return [shape, ...more.flatMap(forms)];
}
