// - openapi.json says of every route what the server does, and the file in docs/generated is that document.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { buildOpenapi } from '../../../api/build-openapi.ts';
import { routeTable } from '../../../api/route-table.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document is read as it comes
const document = buildOpenapi(routeTable) as any;

test('buildOpenapi() lists every route with an id of its own', () => {
  const ids = Object.values(document.paths).flatMap((path) =>
    Object.values(path as Record<string, { operationId: string }>).map((operation) => operation.operationId),
  );
  expect(ids).toHaveLength(routeTable.length);
  expect(new Set(ids).size).toBe(ids.length);
});

test('buildOpenapi() names each parameter of a path and each problem', () => {
  const fire = document.paths['/api/v1/triggers/{name}/fire'].post;
  expect(fire.parameters).toMatchObject([
    { name: 'name', in: 'path', required: true },
    { name: 'Idempotency-Key', in: 'header' },
  ]);
  expect(fire.security).toEqual([{ token: [] }]);
  expect(fire.responses['401'].content).toHaveProperty(['application/problem+json']);
  expect(fire.responses['202'].content['application/json'].schema.required).toContain('fireId');
});

test('docs/generated/openapi.json is what the route table says', () => {
  const written = readFileSync(new URL('../../../docs/generated/openapi.json', import.meta.url), 'utf8');
  expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(document)));
});
