/** - A plan asks no more often than ten times a second; no `overlap` may leave a live fault to nobody. */
import { expect, test } from 'vitest';
import { faultPlan, refuseFaultOverlap } from '../../../schemas/fault-plan.ts';

test('faultPlan takes pauses of 100ms and more between looks, and no less', () => {
  expect(faultPlan.parse({ verify: { every: '100ms' } }).verify.every).toBe(100);
  for (const every of ['99ms', 0]) expect(faultPlan.safeParse({ verify: { every } }).success).toBe(false);
});

test('faultPlan takes headers whose names can be written, and no others', () => {
  const withHeader = (name: string) =>
    faultPlan.safeParse({ action: { name: 'restart', http: { url: 'http://127.0.0.1/', headers: { [name]: 'x' } } } });
  expect(withHeader('X-Key').success).toBe(true);
  for (const name of ['', 'X Key', 'X-Key:', 'a\nb']) expect(withHeader(name).success).toBe(false);
});

test('refuseFaultOverlap() refuses what leaves a live fault to nobody', () => {
  const webhook = { run: 'serviceFault', when: { webhook: {} } };
  const http = { run: 'serviceFault', when: { http: {} } };
  const queue = { policy: 'queue', max: 5 };
  for (const file of [webhook, http]) {
    expect(refuseFaultOverlap({ ...file, overlap: 'cancelPrevious' })).toMatch(/^cancelPrevious would end/);
    expect(refuseFaultOverlap({ ...file, overlap: queue })).toMatch(/^queue would hold/);
    expect(refuseFaultOverlap({ ...file, overlap: 'allow' })).toBeUndefined();
    expect(refuseFaultOverlap(file)).toBeUndefined();
  }
  expect(refuseFaultOverlap({ ...webhook, overlap: 'skip' })).toMatch(/^skip would drop/);
  for (const when of [{ message: {} }, { file: {} }, { flow: {} }]) {
    expect(refuseFaultOverlap({ run: 'serviceFault', when, overlap: 'skip' })).toMatch(/^skip would drop/);
  }
  // It looks by itself: no event need say so.
  for (const when of [{ http: {} }, { metric: {} }]) {
    expect(refuseFaultOverlap({ run: 'serviceFault', when, overlap: 'skip' })).toBeUndefined();
  }
  const fault = faultPlan.parse({ verify: { http: { url: 'http://127.0.0.1/' } } });
  expect(refuseFaultOverlap({ ...webhook, fault, overlap: 'skip' })).toBeUndefined();
  for (const overlap of ['cancelPrevious', 'skip', queue]) {
    expect(refuseFaultOverlap({ run: 'noop', when: { webhook: {} }, overlap })).toBeUndefined();
  }
});
