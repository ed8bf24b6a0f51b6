import { z } from 'zod';
import { channelFile } from './channel-file.ts';
import type { FileKind } from './file-set.ts';
import { instanceFile } from './instance-file.ts';
import { modelsFile } from './models-file.ts';
import { triggerFile } from './trigger-file.ts';

type Json = Record<string, unknown>;

const files: Readonly<Record<FileKind, { schema: z.ZodType; title: string; description: string }>> = {
  trigger: { schema: triggerFile, title: 'Trigger', description: 'What starts a flow, and on which terms' },
  channel: { schema: channelFile, title: 'Channel', description: 'A mail account' },
  models: { schema: modelsFile, title: 'Models', description: 'Language models, the first usable one first' },
  instance: { schema: instanceFile, title: 'Steward', description: 'The instance itself; every key has a default' },
};

/** A string may be what an environment variable, a file or a secret holds; an editor cannot look there. */
const reference = { type: 'string', pattern: '\\$\\{(env|file|secret):[^}]+\\}', description: 'A reference' };
const durationPattern = '^\\d+(ms|s|m|h|d)$';

/** The JSON Schema of one kind of file, for editors that complete and check YAML. Pure. @source JSON Schema 2020-12 */
export function editorSchema(kind: FileKind): Json {
  const { schema, title, description } = files[kind];
  const made = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', override: keepFlags }) as Json;
  const { $schema, ...rest } = withReferences(made) as Json;
  return { $schema, title, description, ...rest, ...(kind === 'trigger' ? { allOf: acrossKeys } : {}) };
}

/** What zod checks in code over several keys of a trigger. */
const acrossKeys = [
  {
    if: {
      required: ['when'],
      properties: {
        when: { anyOf: ['schedule', 'every', 'at', 'rrule'].map((key) => ({ type: 'object', required: [key] })) },
      },
    },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required: ['missed'] },
  },
  {
    if: { required: ['fault'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { run: { const: 'serviceFault' } } },
  },
  { properties: { onFailure: { anyOf: [{ required: ['run'] }, { required: ['notify'] }] } } },
  within('flow', { anyOf: [{ required: ['run'] }, { required: ['trigger'] }] }),
  within('metric', {
    allOf: [
      { oneOf: [{ required: ['machine'] }, { required: ['prometheus'] }] },
      { oneOf: [{ required: ['above'] }, { required: ['below'] }] },
    ],
  }),
  within('webhook', {
    if: { properties: { provider: { const: 'hmac' } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required: ['hmac'] },
    else: { not: { required: ['hmac'] } },
  }),
  within('webhook', {
    if: { properties: { provider: { const: 'trello' } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required: ['callbackUrl'] },
    else: { not: { required: ['callbackUrl'] } },
  }),
  within('webhook', {
    if: { properties: { provider: { enum: ['standard', 'gitlab', 'slack', 'linear', 'hmac'] } } },
    else: { not: { required: ['tolerance'] } },
  }),
];

function within(kind: string, rule: Json): Json {
  return { properties: { when: { properties: { [kind]: rule } } } };
}

/** What a schema says that zod does not print: patterns that look past case, and protocols of addresses. */
function keepFlags({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: Json }): void {
  const { checks = [], protocol } = zodSchema._zod.def as z.core.$ZodTypeDef & { protocol?: RegExp };
  const patterns = checks.map((check) => (check._zod.def as { pattern?: RegExp }).pattern);
  if (typeof jsonSchema.pattern === 'string' && patterns.some((pattern) => pattern?.flags.includes('i') === true)) {
    jsonSchema.pattern = jsonSchema.pattern.replaceAll('a-z', 'A-Za-z');
  }
  if (jsonSchema.format === 'uri' && protocol !== undefined) {
    jsonSchema.pattern = protocol.source.replace(/\$$/, '://');
  }
}

/** Keys under which schemas stand by name, and not as keywords. */
const named = ['properties', '$defs'];

function withReferences(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withReferences);
  if (node === null || typeof node !== 'object') return node;
  const { maximum, pattern, ...kept } = node as Json;
  const next = Object.fromEntries(
    Object.entries(kept).map(([key, value]) => {
      if (key === 'propertyNames' || key === 'default') return [key, value];
      if (!named.includes(key)) return [key, withReferences(value)];
      return [key, Object.fromEntries(Object.entries(value as Json).map(([name, one]) => [name, withReferences(one)]))];
    }),
  );
  if (typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER) next.maximum = maximum;
  // The format says it in a word.
  if (typeof pattern === 'string' && next.format !== 'date-time') next.pattern = pattern;
  if (pattern === durationPattern) next.examples = ['90s', '5m', '3h', '2d'];
  const limited = next.pattern !== undefined || next.format !== undefined || Array.isArray(next.enum);
  if (next.type !== 'string' || !limited) return next;
  const { description, default: fallback, ...one } = next;
  return {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    anyOf: [one, reference],
  };
}
