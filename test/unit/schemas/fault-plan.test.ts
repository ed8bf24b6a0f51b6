/** - A plan asks no more often than ten times a second; no gate may leave a live fault to nobody. */
import { expect, test } from 'vitest';
import { faultPlan, refuseFaultGates } from '../../../schemas/fault-plan.ts';

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

test('refuseFaultGates() refuses what leaves a live fault to nobody', () => {
  const webhook = { run: 'serviceFault', when: { webhook: {} } };
  const http = { run: 'serviceFault', when: { http: {} } };
  const queue = { policy: 'queue', max: 5 };
  for (const file of [webhook, http]) {
    expect(refuseFaultGates({ ...file, overlap: 'cancelPrevious' })?.message).toMatch(/^cancelPrevious would end/);
    expect(refuseFaultGates({ ...file, overlap: queue })?.message).toMatch(/^queue would hold/);
    expect(refuseFaultGates({ ...file, overlap: 'allow' })).toBeUndefined();
    expect(refuseFaultGates(file)).toBeUndefined();
  }
  const dropping = [{ overlap: 'skip' }, { cooldown: 60_000 }, { throttle: { max: 1, per: 60_000 } }];
  for (const gates of dropping) {
    const setting = Object.keys(gates)[0];
    for (const when of [{ webhook: {} }, { message: {} }, { file: {} }, { flow: {} }]) {
      const refused = refuseFaultGates({ run: 'serviceFault', when, ...gates });
      expect(refused).toMatchObject({ setting, message: expect.stringMatching(/would drop the event/) });
    }
    // It looks by itself: no event need say so.
    for (const when of [{ http: {} }, { metric: {} }]) {
      expect(refuseFaultGates({ run: 'serviceFault', when, ...gates })).toBeUndefined();
    }
    const fault = faultPlan.parse({ verify: { http: { url: 'http://127.0.0.1/' } } });
    expect(refuseFaultGates({ ...webhook, fault, ...gates })).toBeUndefined();
  }
  for (const gates of [...dropping, { overlap: 'cancelPrevious' }, { overlap: queue }]) {
    expect(refuseFaultGates({ run: 'noop', when: { webhook: {} }, ...gates })).toBeUndefined();
  }
});
