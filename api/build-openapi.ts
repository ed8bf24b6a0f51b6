import { z } from 'zod';
import { isProblem } from './problem.ts';
import type { Route } from './route.ts';

type Json = Record<string, unknown>;

/** The OpenAPI document of a route table. Pure: the same table gives the same document. @source OpenAPI 3.1.1 */
export function buildOpenapi(routes: readonly Route[]): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Steward', version: '1', description: 'What happened, what is planned, and a way to ask for more.' },
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'What `steward init` wrote to data/api-token' },
        login: { type: 'apiKey', in: 'cookie', name: 'steward_login', description: 'Set by /login; reads only' },
      },
    },
  };
}

function operationOf(route: Route): Json {
  const security = { open: [], token: [{ token: [] }], reader: [{ token: [] }, { login: [] }] }[route.access];
  const parameters = [
    ...parametersOf(route.params, 'path'),
    ...parametersOf(route.query, 'query'),
    ...(route.headers ?? []).map((header) => ({ ...header, in: 'header', schema: { type: 'string' } })),
  ];
  return {
    operationId: operationId(route),
    summary: route.summary,
    security,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : { requestBody: { content: contentOf(route.body, route.bodyTypes ?? ['application/json']) } }),
    responses: Object.fromEntries(Object.entries(route.answers).map(([status, answer]) => [status, answerOf(answer)])),
  };
}

function contentOf(body: z.ZodType, types: readonly string[]): Json {
  return Object.fromEntries(types.map((type) => [type, { schema: schemaOf(body, 'input') }]));
}

function answerOf(answer: z.ZodType | string): Json {
  if (typeof answer === 'string') return { description: 'Done', content: { [answer]: { schema: { type: 'string' } } } };
  const failed = isProblem(answer);
  const media = failed ? 'application/problem+json' : 'application/json';
  return {
    description: failed ? 'Not done; the body says why and what helps' : 'Done',
    content: { [media]: { schema: schemaOf(answer, 'output') } },
  };
}

function parametersOf(schema: z.ZodType | undefined, where: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: where,
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
}

/** `getApiV1FiresId`: derived, so it never repeats. */
function operationId({ method, path }: Route): string {
  const words = path.split(/[^a-z0-9]+/i).filter((word) => word !== '');
  return method + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
}
