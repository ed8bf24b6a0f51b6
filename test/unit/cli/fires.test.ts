// - The ledger is listed as its filters say, page by page; one fire is shown with all that hangs on it.
// - Of a payload only size and type are told.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firstIdAt, newId } from '../../../schemas/ids.ts';
import { type ApiWorld, apiWorld } from '../../support/api-world.ts';
import { ownNamespace } from '../../support/own-namespace.ts';
import { type TestTemporal, temporal } from '../../support/temporal.ts';

let server: TestTemporal;
let world: ApiWorld;
let hook: string;
beforeAll(async () => {
  server = await temporal();
  const { client } = await ownNamespace(server);
  world = await apiWorld(client, '2026-03-01T06:30:00Z', { temporalUiUrl: 'http://127.0.0.1:1' });
  world.use({
    hook: {
      ...{ run: 'endless', when: { webhook: { provider: 'bearer', secret: '0123456789' } } },
      ...{ condition: 'event.go', onFailure: { run: 'endless' } },
    },
    after: { run: 'endless', when: { flow: { trigger: 'hook', ending: ['failed'] } } },
    report: {
      ...{ run: 'endless', when: { schedule: '0 * * * *', timezone: 'UTC' } },
      missed: { policy: 'none' },
    },
  });
  const event = { trigger: 'hook', kind: 'webhook' as const, source: 'webhook' };
  const body = Buffer.from('{"CANARY": true}');
  const first = {
    ...event,
    slotKey: 'webhook-1',
    event: { go: true },
    payload: { body, mediaType: 'application/json' },
  };
  hook = (await world.dispatch.fireEvent(first)).fireId;
  await world.dispatch.fireEvent(first);
  world.clock.advance(60_000);
  await world.dispatch.fireEvent({ ...event, slotKey: 'webhook-2', event: { go: false } });
  world.clock.advance(60_000);
  await world.dispatch.fireNow({ trigger: 'report', requestId: 'a' });
  world.clock.advance(60_000);
  await world.dispatch.endFire({ fireId: hook, ending: 'failed', reason: 'mailBusy' });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function listed(...words: string[]): Promise<string[]> {
  const { fires } = JSON.parse((await world.steward('fires', ...words, '--json')).out) as {
    fires: { trigger: string; kind: string; state: string }[];
  };
  return fires.map(({ trigger, kind, state }) => `${trigger} ${kind} ${state}`).sort();
}

test('steward fires lists what its filters ask for, newest first', async () => {
  expect(await listed()).toEqual([
    ...['after flow open', 'hook failure open', 'hook webhook failed', 'hook webhook skipped', 'report manual open'],
  ]);
  expect(await listed('--trigger', 'hook', '--kind', 'webhook')).toEqual([
    'hook webhook failed',
    'hook webhook skipped',
  ]);
  expect(await listed('--ending', 'open', '--kind', 'manual')).toEqual(['report manual open']);
  expect(await listed('--since', '2026-03-01T06:32:00Z')).toEqual([
    ...['after flow open', 'hook failure open', 'report manual open'],
  ]);
  expect(await listed('--since', '2026-03-01T07:32:00.001+01:00')).toEqual(['after flow open', 'hook failure open']);
  const first = await world.steward('fires', '--limit', '4');
  const before = /older ones: steward fires --before (fir_\w+)/.exec(first.out)![1]!;
  const second = await world.steward('fires', '--before', before);
  expect(second.out.split('\n')[0]).toMatch(/^FIRE +TRIGGER +KIND +DUE +ENDING +WHY$/);
  expect(second.out).toContain(hook);
  expect(second.out).not.toContain('older ones');
  expect((await world.steward('fires', '--trigger', 'none')).out).toBe('no fires\n');
});

test('steward fires show tells deliveries, cause, what it caused, payload size and where its run is', async () => {
  const shown = JSON.parse((await world.steward('fires', 'show', hook, '--json')).out);
  expect(shown).toMatchObject({
    ...{ id: hook, state: 'failed', reason: 'mailBusy', deliveries: [{ source: 'webhook' }] },
    payload: { bytes: 16, mediaType: 'application/json', receivedAt: '2026-03-01T06:30:00.000Z' },
    link: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1\/namespaces\/.*fire%3Ahook%3Awebhook-1$/),
  });
  expect(
    shown.caused.map(({ trigger, kind }: { trigger: string; kind: string }) => `${trigger} ${kind}`).sort(),
  ).toEqual([...['after flow', 'hook failure']]);
  expect(shown).not.toHaveProperty('cause');
  const human = (await world.steward('fires', 'show', hook)).out;
  expect(human).toContain('payload     application/json, 16 bytes');
  expect(human).toContain('came again  2026-03-01T06:30:00Z by webhook');
  expect(human).not.toContain('CANARY');
  const effect = JSON.parse((await world.steward('fires', 'show', shown.caused[0].id, '--json')).out);
  expect(effect.cause).toEqual({ id: hook, trigger: 'hook', flow: 'endless', kind: 'webhook', state: 'failed' });
});

test('steward fires says what it does not know, and links no run to what never ran', async () => {
  const wrong = [
    ['--ending', 'lost'],
    ['--kind', 'magic'],
    ['--since', 'monday'],
    ['--limit', '501'],
  ];
  for (const words of wrong) expect(await world.steward('fires', ...words)).toMatchObject({ code: 2 });
  expect(await world.steward('fires', 'show', 'fir_none')).toMatchObject({ code: 1 });
  const { fires } = JSON.parse((await world.steward('fires', '--ending', 'skipped', '--json')).out);
  const skipped = JSON.parse((await world.steward('fires', 'show', fires[0].id, '--json')).out);
  expect(skipped).toMatchObject({ state: 'skipped', deliveries: [], caused: [] });
  expect(skipped).not.toHaveProperty('link');
});

test('firstIdAt() lies between the ids minted before an instant and those minted at it', () => {
  const at = new Date('2026-03-01T06:30:00Z');
  const clock = (ms: number) => ({ now: () => new Date(at.getTime() + ms) });
  expect(newId('fire', clock(-1)) < firstIdAt('fire', at)).toBe(true);
  expect(newId('fire', clock(0)) >= firstIdAt('fire', at)).toBe(true);
});
