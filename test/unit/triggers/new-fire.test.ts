/**
 * - What is called and asked about a fault stands in files: nobody who fires a trigger can say otherwise.
 * - `verify.http` comes before what the trigger asks, and that before what `steward.yaml` asks of the service.
 */
import { expect, test } from 'vitest';
import type { TriggerEvent } from '../../../schemas/dispatch.ts';
import { type Trigger, triggerFile } from '../../../schemas/trigger-file.ts';
import { newFire } from '../../../triggers/new-fire.ts';

const ask = { url: 'http://127.0.0.1:9/of-steward', method: 'GET', headers: {}, timeout: 1_000, expect: [200] };
const onFault = { kind: 'http', args: { found: 'status 500', target: { ask } } } as const;
const webhook = { webhook: { provider: 'bearer', secret: 'not-a-secret' } };
const http = { http: { url: 'http://127.0.0.1:9/of-trigger' } };
const verify = { verify: { http: { url: 'http://127.0.0.1:9/of-plan' } } };

function argsOf(file: object, event: Pick<TriggerEvent, 'kind' | 'args'>): Record<string, unknown> {
  const trigger: Trigger = { ...triggerFile.parse({ run: 'serviceFault', ...file }), name: 'shop', hash: 'h' };
  return newFire('per_1', trigger, { slotKey: 'k', dueAt: new Date(0), ...event }).args;
}
const urlOf = ({ target }: Record<string, unknown>) =>
  (target as { ask?: { url: string }; http?: { url: string } } | undefined)?.ask?.url ??
  (target as { http?: { url: string } } | undefined)?.http?.url;

test('newFire() takes what shows that a service is well from the plan, else the trigger, else the service', () => {
  expect(urlOf(argsOf({ when: webhook, fault: verify }, onFault))).toBe('http://127.0.0.1:9/of-plan');
  expect(urlOf(argsOf({ when: http, fault: verify }, onFault))).toBe('http://127.0.0.1:9/of-plan');
  expect(urlOf(argsOf({ when: http }, onFault))).toBe('http://127.0.0.1:9/of-trigger');
  expect(argsOf({ when: webhook }, onFault)).toEqual({ found: 'status 500', fault: {}, target: { ask } });
});

test('newFire() lets nobody replace plan or target by arguments, and hands on all others', () => {
  const evil = { fault: { action: { name: 'x', http: { url: 'http://127.0.0.1:9/evil' } } }, target: { ask }, note: 1 };
  const plain = argsOf({ when: webhook }, { kind: 'manual', args: evil });
  expect(plain).toEqual({ note: 1, fault: {} });
  const planned = argsOf({ when: http, fault: { service: 'shop' }, with: evil }, { kind: 'manual', args: evil });
  expect([urlOf(planned), planned.fault]).toEqual([
    'http://127.0.0.1:9/of-trigger',
    expect.objectContaining({ service: 'shop' }),
  ]);
  expect(JSON.stringify(planned)).not.toContain('evil');
  // Another flow means something else by these names.
  expect(argsOf({ run: 'noop', when: webhook }, { kind: 'manual', args: evil })).toEqual(evil);
});
