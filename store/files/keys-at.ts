import { z } from 'zod';

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly items?: Shape;
}

const shapes = new WeakMap<z.ZodType, Shape>();

/** The keys that a schema knows at a path, over all its forms: what a mistyped key may have meant. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let shape = shapes.get(schema);
  if (shape === undefined) {
    shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
    shapes.set(schema, shape);
  }
  let here = forms(shape);
  for (const part of path) {
    here = here.flatMap((one) => {
      const next = typeof part === 'number' ? one.items : one.properties?.[String(part)];
      return next === undefined ? [] : forms(next);
    });
  }
  return [...new Set(here.flatMap((one) => Object.keys(one.properties ?? {})))];
}

function forms(shape: Shape): Shape[] {
  const more = [...(shape.anyOf ?? []), ...(shape.oneOf ?? [])];
  return [shape, ...more.flatMap(forms)];
}
