/** A value out of foreign JSON as an object; an empty one for anything else. Pure. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** A value out of foreign JSON as a list; an empty one for anything else. Pure. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A value out of foreign JSON as text; undefined for anything else. Pure. */
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
