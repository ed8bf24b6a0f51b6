// - One request, slot or event is one fire with one run, whatever is repeated or at once.
// - A row is safe before its run starts; a gap between the two is closed by the sweeper.
// - A second delivery is a row that points at the first.
import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliveries } from '../../../schemas/db/fires.ts';
import { events } from '../../../schemas/db/records.ts';
import { StewardError } from '../../../schemas/errors.ts';
import { makeDispatch } from '../../../triggers/dispatch.ts';
import { dispatchWorld, unreachableClient } from '../../support/dispatch-world.ts';
import { flowWorker } from '../../support/flow-worker.ts';
import { ownNamespace } from '../../support/own-namespace.ts';
import { type TestTemporal, temporal } from '../../support/temporal.ts';

let server: TestTemporal;
let own: Awaited<ReturnType<typeof ownNamespace>>;
beforeAll(async () => {
  server = await temporal();
  own = await ownNamespace(server);
});
afterAll(() => server[Symbol.asyncDispose]());

const daily = (run: string, more: object = {}) => ({
  run,
  when: { schedule: '0 8 * * *', timezone: 'Europe/Berlin' },
  missed: { policy: 'latest' },
  ...more,
});
const unique = () => `t${randomUUID().slice(0, 8)}`;
const statusOf = async (workflowId: string) => (await own.client.workflow.getHandle(workflowId).describe()).status.name;

test('fireNow() makes one fire and one run of eight equal requests at once', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:00:00Z');
  const name = unique();
  world.use({ [name]: daily('endless') });
  const receipts = await Promise.all(
    Array.from({ length: 8 }, () => world.dispatch.fireNow({ trigger: name, requestId: 'same' })),
  );
  expect(receipts.filter((receipt) => receipt.accepted)).toHaveLength(1);
  expect(new Set(receipts.map((receipt) => receipt.fireId)).size).toBe(1);
  expect(await world.firesOf(name)).toHaveLength(1);
  expect(await world.store.db.$count(deliveries)).toBe(7);
  expect(await statusOf(`fire:${name}:manual-same`)).toBe('RUNNING');
  const written = await world.store.db.select().from(events).where(eq(events.aggregate, 'fire'));
  expect(written.map((event) => event.type)).toEqual(['fire.accepted']);
});

test('fireNow() runs beside an open fire where overlap is skip, since a person asks', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:00:00Z');
  const name = unique();
  world.use({ [name]: daily('endless') });
  await world.dispatch.fireNow({ trigger: name, requestId: 'a' });
  await world.dispatch.fireNow({ trigger: name, requestId: 'b' });
  expect((await world.firesOf(name)).map((fire) => fire.state)).toEqual(['open', 'open']);
});

test('fireNow() refuses a trigger that is not in force and a request id with other signs', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:00:00Z');
  world.use({ known: daily('endless') });
  await expect(world.dispatch.fireNow({ trigger: 'unknown', requestId: 'a' })).rejects.toMatchObject({
    code: 'notFound',
  });
  const odd = world.dispatch.fireNow({ trigger: 'known', requestId: 'a b' });
  await expect(odd).rejects.toMatchObject({ code: 'badInput' });
  expect(await world.firesOf('known')).toHaveLength(0);
});

test('fireNow() keeps the row when Temporal is away, and the same request starts it later', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:00:00Z');
  const name = unique();
  world.use({ [name]: daily('endless') });
  const cut = makeDispatch({ ...world.deps, client: unreachableClient() });
  await expect(cut.fireNow({ trigger: name, requestId: 'a' })).rejects.toMatchObject({ code: 'temporalBusy' });
  expect((await world.firesOf(name)).map((fire) => fire.state)).toEqual(['open']);
  const again = await world.dispatch.fireNow({ trigger: name, requestId: 'a' });
  expect(again.accepted).toBe(false);
  expect(await statusOf(again.workflowId)).toBe('RUNNING');
});

test('fireNow() does not start a run again whose fire has ended', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:00:00Z');
  await using _worker = await flowWorker(server, own.namespace, world.store);
  const name = unique();
  world.use({ [name]: daily('quick') });
  const first = await world.dispatch.fireNow({ trigger: name, requestId: 'a' });
  await own.client.workflow.getHandle(first.workflowId).result();
  const runId = (await own.client.workflow.getHandle(first.workflowId).describe()).runId;
  expect((await world.dispatch.fireNow({ trigger: name, requestId: 'a' })).accepted).toBe(false);
  expect((await own.client.workflow.getHandle(first.workflowId).describe()).runId).toBe(runId);
  const [fire] = await world.firesOf(name);
  expect(fire).toMatchObject({ state: 'ran', outcome: { outcome: 'done', facts: { n: 1 } } });
});

test('fireNow() writes a log book entry that names trigger and fire; arguments reach the run and are sealed in the ledger', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:00:00Z');
  const name = unique();
  world.use({ [name]: daily('endless', { priority: 'urgent', deliver: ['mail:me'] }) });
  const { workflowId, fireId } = await world.dispatch.fireNow({ trigger: name, requestId: 'a', args: { k: 'canary' } });
  const run = await own.client.workflow.getHandle(workflowId).describe();
  expect(await run.staticSummary()).toBe(`${name}: endless, asked for`);
  expect(await run.staticDetails()).toContain(fireId);
  expect(await run.staticDetails()).not.toContain('canary');
  const { rows } = await world.store.db.execute(
    `select row_to_json(fires)::text as row from fires where id = '${fireId}'`,
  );
  expect(JSON.stringify(rows)).not.toContain('canary');
  const history = await own.client.workflow.getHandle(workflowId).fetchHistory();
  const input = history.events![0]!.workflowExecutionStartedEventAttributes!.input!.payloads![0]!.data!;
  expect(JSON.parse(Buffer.from(input).toString())).toMatchObject({ args: { k: 'canary' } });
  expect(run.priority).toMatchObject({ priorityKey: 1, fairnessKey: name });
  expect(run.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value])).toEqual(
    expect.arrayContaining([
      ['StewardTrigger', name],
      ['StewardFire', fireId],
    ]),
  );
});

test('sweep() starts the run of a row that a kill left without one', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:00:00Z');
  const name = unique();
  world.use({ [name]: daily('endless') });
  const cut = makeDispatch({ ...world.deps, client: unreachableClient() });
  await cut
    .fireNow({ trigger: name, requestId: 'a' })
    .catch((error: unknown) => expect(error).toBeInstanceOf(StewardError));
  expect((await world.dispatch.sweep()).restarted).toBe(0);
  world.clock.advance(10_000);
  expect((await world.dispatch.sweep()).restarted).toBe(1);
  expect((await world.dispatch.sweep()).restarted).toBe(0);
  expect(await statusOf(`fire:${name}:manual-a`)).toBe('RUNNING');
});

test('sweep() ends the fires of runs that closed without saying so, by how they closed', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:00:00Z');
  await using _worker = await flowWorker(server, own.namespace, world.store);
  const [done, stopped, cancelled] = [unique(), unique(), unique()];
  world.use({ [done]: daily('forgetful'), [stopped]: daily('endless'), [cancelled]: daily('endless') });
  const ids = await Promise.all(
    [done, stopped, cancelled].map(async (trigger) => {
      const { workflowId } = await world.dispatch.fireNow({ trigger, requestId: 'a' });
      return own.client.workflow.getHandle(workflowId);
    }),
  );
  await ids[0]!.result();
  await ids[1]!.terminate('by a test');
  await ids[2]!.cancel();
  await ids[2]!.result().catch(() => undefined);
  world.clock.advance(10_000);
  const swept = await world.dispatch.sweep();
  expect(swept).toMatchObject({ ended: 3, byEnding: { ran: 1, cancelled: 2 } });
  expect((await world.firesOf(stopped))[0]).toMatchObject({ state: 'cancelled', reason: 'terminated in Temporal' });
  expect((await world.dispatch.sweep()).ended).toBe(0);
});

test('fireNow() cancels the run before it where overlap is cancelPrevious', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:00:00Z');
  await using _worker = await flowWorker(server, own.namespace, world.store);
  const name = unique();
  world.use({ [name]: daily('endless', { overlap: 'cancelPrevious' }) });
  const first = await world.dispatch.fireNow({ trigger: name, requestId: 'a' });
  await world.dispatch.fireNow({ trigger: name, requestId: 'b' });
  await own.client.workflow
    .getHandle(first.workflowId)
    .result()
    .catch(() => undefined);
  expect(await statusOf(first.workflowId)).toBe('CANCELLED');
  expect(await statusOf(`fire:${name}:manual-b`)).toBe('RUNNING');
});
