// - The same event is one fire for ever; an event that joined another fire becomes none of its own later.
// - Each gate ends the event as a row with its reason: pause, skip, cooldown, throttle, condition, overlap, a full queue.
// - A queue lets one out at a time, in order, also when the ending was written by the sweeper.
import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliveries, fires, triggerStates } from '../../../schemas/db/fires.ts';
import { events } from '../../../schemas/db/records.ts';
import type { FireReceipt, TriggerEvent } from '../../../schemas/dispatch.ts';
import { endFire } from '../../../store/fires/end-fire.ts';
import { argsOf, readPayload } from '../../../store/fires/open-fire.ts';
import { readTriggerState } from '../../../store/triggers/trigger-state.ts';
import { fireEvent } from '../../../triggers/fire-event.ts';
import { type DispatchWorld, dispatchWorld, unreachableClient } from '../../support/dispatch-world.ts';
import { ownNamespace } from '../../support/own-namespace.ts';
import { type TestTemporal, temporal } from '../../support/temporal.ts';

let server: TestTemporal;
let own: Awaited<ReturnType<typeof ownNamespace>>;
beforeAll(async () => {
  server = await temporal();
  own = await ownNamespace(server);
});
afterAll(() => server[Symbol.asyncDispose]());

const start = '2026-03-01T06:00:00Z';
const unique = () => `t${randomUUID().slice(0, 8)}`;
/** A world with one trigger, set off by messages; `happen` is one event of it. */
async function worldWith(more: object) {
  const world = await dispatchWorld(own.client, start);
  const name = unique();
  world.use({ [name]: { run: 'endless', when: { message: {} }, ...more } });
  const happen = (key: string, event: Record<string, unknown> = {}, rest: Partial<TriggerEvent> = {}) =>
    world.dispatch.fireEvent({ trigger: name, kind: 'message', slotKey: key, source: 'test', event, ...rest });
  const states = async () => (await world.firesOf(name)).map(({ slotKey, state }) => `${slotKey} ${state}`);
  const reasons = async () => (await world.firesOf(name)).map(({ reason }) => reason);
  return { world, name, happen, states, reasons, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}
const end = (world: DispatchWorld, fireId: string, ending: 'ran' | 'failed' = 'ran') =>
  world.dispatch.endFire({ fireId, ending, ...(ending === 'failed' ? { reason: 'mailBusy' } : {}) });

test('fireEvent() makes one fire of the same event by fifty at once, and counts the other deliveries', async () => {
  await using one = await worldWith({});
  const receipts = await Promise.all(Array.from({ length: 50 }, () => one.happen('a')));
  expect(receipts.filter((receipt) => receipt.accepted)).toHaveLength(1);
  expect(new Set(receipts.map((receipt) => receipt.fireId)).size).toBe(1);
  expect(await one.states()).toEqual(['a open']);
  expect(await one.world.store.db.$count(deliveries)).toBe(49);
});

test('fireEvent() keeps payload and arguments sealed, and gives them back', async () => {
  await using one = await worldWith({ with: { fixed: 1, from: 'file' }, map: { title: 'event.issue.title' } });
  const body = Buffer.from('{"issue":{"title":"canary-7731"}}');
  const { fireId } = await one.happen('a', JSON.parse(body.toString()) as Record<string, unknown>, {
    payload: { body, mediaType: 'application/json' },
    args: { from: 'event' },
  });
  const [fire] = await one.world.firesOf(one.name);
  expect(argsOf(one.world.store, fire!)).toEqual({ fixed: 1, from: 'event', title: 'canary-7731' });
  expect((await readPayload(one.world.store, fireId))?.body.equals(body)).toBe(true);
  const { rows } = await one.world.store.db.execute(
    'select f::text as row from fires f union all select p::text from payloads p union all select e::text from events e',
  );
  expect(rows.length).toBeGreaterThan(2);
  expect(JSON.stringify(rows)).not.toContain('canary-7731');
  expect(Buffer.from(JSON.stringify(rows)).toString('latin1')).not.toContain(
    Buffer.from('canary-7731').toString('hex'),
  );
});

test('fireEvent() records as failed what map cannot make, and keeps the payload for another try', async () => {
  await using one = await worldWith({ map: { title: 'event.issue.title' } });
  const { fireId } = await one.happen(
    'a',
    { nothing: 1 },
    { payload: { body: Buffer.from('x'), mediaType: 'text/plain' } },
  );
  expect(await one.states()).toEqual(['a failed']);
  expect((await one.reasons())[0]).toMatch(/^map\.title cannot be made/);
  expect(await readPayload(one.world.store, fireId)).toBeDefined();
});

test('fireEvent() asks the condition first, and it remembers what it was told to', async () => {
  await using one = await worldWith({
    condition: { if: 'event.n > (has(state.most) ? state.most : 0)', keep: { most: 'event.n' } },
    overlap: 'allow',
  });
  for (const [key, n] of Object.entries({ a: 3, b: 2, c: 5 })) await one.happen(key, { n });
  expect(await one.states()).toEqual(['a open', 'b skipped', 'c open']);
  expect((await one.reasons())[1]).toBe('its condition does not hold');
  expect((await readTriggerState(one.world.store, one.name)).memory).toEqual({ most: 5 });
  // A repeated event does not move what is remembered.
  await one.happen('a', { n: 9 });
  expect((await readTriggerState(one.world.store, one.name)).memory).toEqual({ most: 5 });
});

test('fireEvent() rests after a fire for the cooldown, to the millisecond', async () => {
  await using one = await worldWith({ cooldown: '10m' });
  await one.happen('a');
  one.world.clock.advance(599_999);
  await one.happen('b');
  one.world.clock.advance(1);
  await one.happen('c');
  expect(await one.states()).toEqual(['a open', 'b skipped', 'c open']);
  expect((await one.reasons())[1]).toBe('cooldown 10 min: the last fire was 9 min ago');
});

test('fireEvent() lets so many through within the throttle, and does not count those it refused', async () => {
  await using one = await worldWith({ throttle: { max: 2, per: '1h' } });
  for (const key of ['a', 'b', 'c', 'd']) {
    await one.happen(key);
    one.world.clock.advance(60_000);
  }
  one.world.clock.advance(3_600_000 - 4 * 60_000);
  await one.happen('e');
  expect(await one.states()).toEqual(['a open', 'b open', 'c skipped', 'd skipped', 'e open']);
});

test('fireEvent() skips while paused without counting the skips that a person asked for', async () => {
  await using one = await worldWith({});
  const values = { trigger: one.name, personId: one.world.personId, updatedAt: one.world.clock.now(), skipNext: 1 };
  await one.world.store.db.insert(triggerStates).values({ ...values, pausedBy: 'me', pausedAt: one.world.clock.now() });
  await one.happen('a');
  await one.world.store.db.update(triggerStates).set({ pausedBy: null, pausedAt: null });
  await one.happen('b');
  await one.happen('c');
  expect(await one.states()).toEqual(['a skipped', 'b skipped', 'c open']);
  expect(await one.reasons()).toEqual(['paused by me', 'skipped because a person asked', null]);
});

test('fireEvent() refuses a trigger that is switched off or past its end, and leaves no row', async () => {
  await using one = await worldWith({ until: '2026-03-01T06:00:00Z' });
  await one.happen('a');
  one.world.clock.advance(1);
  await expect(one.happen('b')).rejects.toMatchObject({ code: 'notFound' });
  expect(await one.states()).toEqual(['a open']);
});

test('fireEvent() with overlap skip ends the second event and names the fire in its way', async () => {
  await using one = await worldWith({ overlap: 'skip' });
  const { fireId } = await one.happen('a');
  await one.happen('b');
  await end(one.world, fireId);
  await one.happen('c');
  expect(await one.states()).toEqual(['a ran', 'b skipped', 'c open']);
  expect((await one.reasons())[1]).toBe(`${fireId} was still open`);
});

test('fireEvent() with overlap cancelPrevious asks the open run to stop, and its ending says who overtook it', async () => {
  await using one = await worldWith({ overlap: 'cancelPrevious' });
  const first = await one.happen('a');
  const second = await one.happen('b');
  const history = await own.client.workflow.getHandle(first.workflowId).fetchHistory();
  expect(history.events?.some((event) => event.workflowExecutionCancelRequestedEventAttributes)).toBe(true);
  await one.world.dispatch.endFire({ fireId: first.fireId, ending: 'cancelled', reason: 'cancelled by a person' });
  expect(await one.reasons()).toEqual([`overtaken by ${second.fireId}`, null]);
});

test('a fire that was overtaken before it could start never starts, and one that runs on is asked again', async () => {
  await using one = await worldWith({ overlap: 'cancelPrevious' });
  const away = { ...one.world.deps, client: unreachableClient() };
  const event = { trigger: one.name, kind: 'message' as const, source: 'test', event: {} };
  const first = await fireEvent(away, { ...event, slotKey: 'a' });
  const second = await one.happen('b');
  const third = await fireEvent(away, { ...event, slotKey: 'c' });
  one.world.clock.advance(10_000);
  await one.world.dispatch.sweep();
  const states = (await one.world.firesOf(one.name)).map(({ id, state, reason }) => [id, state, reason]);
  expect(states).toEqual([
    [first.fireId, 'cancelled', `overtaken by ${second.fireId}`],
    [second.fireId, 'open', `overtaken by ${third.fireId}`],
    [third.fireId, 'open', null],
  ]);
  const history = await own.client.workflow.getHandle(second.workflowId).fetchHistory();
  expect(history.events?.some((event) => event.workflowExecutionCancelRequestedEventAttributes)).toBe(true);
});

test('a queue runs one at a time in order, holds as many as it may, and says when it is full', async () => {
  await using one = await worldWith({ overlap: { policy: 'queue', max: 2 } });
  const receipts: FireReceipt[] = [];
  for (const key of ['a', 'b', 'c', 'd']) receipts.push(await one.happen(key));
  expect(await one.states()).toEqual(['a open', 'b open', 'c open', 'd skipped']);
  expect((await one.reasons())[3]).toBe('the queue is full: 2 wait');
  const waiting = async () => (await one.world.firesOf(one.name)).filter((fire) => fire.waits === 'queue').length;
  expect(await waiting()).toBe(2);
  const begun = (at: number) => own.client.workflow.getHandle(receipts[at]!.workflowId).describe();
  await expect(begun(1)).rejects.toThrow();
  one.world.clock.advance(60_000);
  // The sweeper does not start what waits behind another run.
  expect((await one.world.dispatch.sweep()).restarted).toBe(0);
  await end(one.world, receipts[0]!.fireId);
  expect((await begun(1)).status.name).toBe('RUNNING');
  await expect(begun(2)).rejects.toThrow();
  // An ending that was written while the dispatcher could not act lets the next one out at the sweep.
  await endFire(one.world.store, { fireId: receipts[1]!.fireId, ending: 'failed' });
  await one.world.dispatch.sweep();
  expect((await begun(2)).status.name).toBe('RUNNING');
  expect(await waiting()).toBe(0);
});

test('debounce makes one fire of events that follow each other, with the arguments of the last', async () => {
  await using one = await worldWith({ debounce: '30s', map: { n: 'event.n' } });
  const first = await one.happen('a', { n: 1 });
  one.world.clock.advance(20_000);
  const second = await one.happen('b', { n: 2 });
  expect(second).toMatchObject({ fireId: first.fireId, accepted: true });
  expect(await one.world.dispatch.begin(first.fireId)).toEqual({ waitMs: 30_000 });
  one.world.clock.advance(30_000);
  expect(await one.world.dispatch.begin(first.fireId)).toEqual({ waitMs: 0, args: { n: 2 } });
  // From now on nothing joins, a repeated event is still a delivery, and a new one is a fire of its own.
  expect(await one.happen('b', { n: 2 })).toMatchObject({ fireId: first.fireId, accepted: false });
  const third = await one.happen('c', { n: 3 });
  expect(third.fireId).not.toBe(first.fireId);
  expect(await one.states()).toEqual(['a open', 'c open']);
});

test('debounce does not wait longer than its max however many events come', async () => {
  await using one = await worldWith({ debounce: { quiet: '30s', max: '1m' } });
  const { fireId } = await one.happen('0');
  for (let n = 1; n < 6; n++) {
    one.world.clock.advance(11_000);
    await one.happen(`${n}`);
  }
  expect(await one.world.dispatch.begin(fireId)).toEqual({ waitMs: 5_000 });
});

test('an event that a fire takes along is not asked of cooldown and throttle, and its payload stands for those before', async () => {
  await using one = await worldWith({ debounce: '30s', cooldown: '10m', throttle: { max: 1, per: '1h' } });
  const payload = (text: string) => ({ payload: { body: Buffer.from(text), mediaType: 'text/plain' } });
  const { fireId } = await one.happen('a', {}, payload('first'));
  one.world.clock.advance(20_000);
  expect(await one.happen('b', {}, payload('second'))).toMatchObject({ fireId, accepted: true });
  expect(await one.world.dispatch.begin(fireId)).toEqual({ waitMs: 30_000 });
  expect((await readPayload(one.world.store, fireId))?.body.toString()).toBe('second');
  one.world.clock.advance(30_000);
  await one.world.dispatch.begin(fireId);
  await one.happen('c');
  expect(await one.states()).toEqual(['a open', 'c skipped']);
});

test('a run that tells of a failure counts neither for cooldown nor for throttle', async () => {
  await using one = await worldWith({ onFailure: { run: 'endless', notify: true }, throttle: { max: 2, per: '1h' } });
  const { fireId } = await one.happen('a');
  await end(one.world, fireId, 'failed');
  await one.happen('b');
  expect((await one.world.firesOf(one.name)).find((fire) => fire.slotKey === 'b')?.state).toBe('open');
});

test('sweep() goes on with the others where one fire cannot be opened', async () => {
  await using one = await worldWith({ with: { secret: 1 } });
  const { fireId } = await fireEvent(
    { ...one.world.deps, client: unreachableClient() },
    { trigger: one.name, kind: 'message', slotKey: 'a', source: 'test', event: {} },
  );
  await one.world.store.db
    .update(fires)
    .set({ args: Buffer.from('not sealed') })
    .where(eq(fires.id, fireId));
  await fireEvent(
    { ...one.world.deps, client: unreachableClient() },
    { trigger: one.name, kind: 'message', slotKey: 'b', source: 'test', event: {} },
  );
  one.world.clock.advance(10_000);
  expect((await one.world.dispatch.sweep()).restarted).toBe(1);
});

test('onFailure starts the flow that is named and a notice, each once, and the failure of these starts nothing', async () => {
  await using one = await worldWith({ onFailure: { run: 'endless', notify: ['mail:me'] } });
  const { fireId } = await one.happen('a');
  await Promise.all([end(one.world, fireId, 'failed'), end(one.world, fireId, 'failed')]);
  const failures = (await one.world.firesOf(one.name)).filter((fire) => fire.kind === 'failure');
  expect(failures.map(({ flow, causedBy, depth }) => ({ flow, causedBy, depth }))).toEqual(
    expect.arrayContaining([
      { flow: 'endless', causedBy: fireId, depth: 1 },
      { flow: 'failureNotice', causedBy: fireId, depth: 1 },
    ]),
  );
  expect(failures).toHaveLength(2);
  await end(one.world, failures[0]!.id, 'failed');
  expect(await one.world.firesOf(one.name)).toHaveLength(3);
});

test('a trigger of kind flow fires once for each ending that it waits for, also when the dispatcher was away', async () => {
  await using world = await dispatchWorld(own.client, start);
  const [cause, after, other] = [unique(), unique(), unique()];
  const waits = { flow: { trigger: cause, ending: ['failed'] } };
  world.use({
    [cause]: { run: 'endless', when: { message: {} }, overlap: 'allow' },
    [after]: { run: 'endless', when: waits, map: { why: 'event.reason' } },
    [other]: { run: 'endless', when: { flow: { run: 'endless', ending: ['cancelled'] } } },
  });
  const fire = (key: string) =>
    world.dispatch.fireEvent({ trigger: cause, kind: 'message', slotKey: key, source: 'test', event: {} });
  const [first, second, third] = [await fire('a'), await fire('b'), await fire('c')];
  await end(world, first.fireId, 'failed');
  await end(world, second.fireId, 'ran');
  // Temporal and the dispatcher are away at the third ending; the sweeper makes good.
  const { endAndFollow } = await import('../../../triggers/end-and-follow.ts');
  await endAndFollow({ ...world.deps, client: unreachableClient() }, { fireId: third.fireId, ending: 'failed' });
  world.clock.advance(60_000);
  await world.dispatch.sweep();
  await world.dispatch.sweep();
  const followed = await world.firesOf(after);
  expect(followed.map((one) => one.slotKey).sort()).toEqual([`flow-${first.fireId}`, `flow-${third.fireId}`].sort());
  expect(argsOf(world.store, followed.find((one) => one.causedBy === first.fireId)!)).toMatchObject({
    why: 'mailBusy',
  });
  expect(await world.firesOf(other)).toEqual([]);
});

test('an ending is followed where the trigger that waited for it is past its end, and a failure notice sets nothing off', async () => {
  await using world = await dispatchWorld(own.client, start);
  const [cause, late, ran] = [unique(), unique(), unique()];
  const waits = (ending: string, more: object = {}) => ({
    run: 'endless',
    when: { flow: { trigger: cause, ending: [ending] } },
    ...more,
  });
  world.use({
    [cause]: { run: 'endless', when: { message: {} }, onFailure: { notify: true } },
    [late]: waits('failed', { until: '2026-03-01T06:00:00Z' }),
    [ran]: waits('ran'),
  });
  const { fireId } = await world.dispatch.fireEvent({
    ...{ trigger: cause, kind: 'message', slotKey: 'a', source: 'test', event: {} },
  });
  // Told of the ending while the one that waits was still in force, followed when it was not.
  await endFire(world.store, { fireId, ending: 'failed' }, () => true);
  world.clock.advance(60_000);
  await world.dispatch.sweep();
  const [failed, notice] = await world.firesOf(cause);
  expect(failed).toMatchObject({ id: fireId, followed: true });
  await end(world, notice!.id);
  expect(await world.firesOf(late)).toEqual([]);
  expect(await world.firesOf(ran)).toEqual([]);
});

test('two flows that set each other off end on record after eight', async () => {
  await using world = await dispatchWorld(own.client, start);
  const [ping, pong] = [unique(), unique()];
  const on = (trigger: string) => ({ run: 'endless', when: { flow: { trigger, ending: ['ran', 'skipped'] } } });
  world.use({ [ping]: on(pong), [pong]: on(ping) });
  const first = await world.dispatch.fireNow({ trigger: ping, requestId: 'a' });
  for (let open = [first.fireId]; open.length > 0; ) {
    for (const fireId of open) await end(world, fireId);
    const all = [...(await world.firesOf(ping)), ...(await world.firesOf(pong))];
    open = all.filter((fire) => fire.state === 'open').map((fire) => fire.id);
  }
  const all = [...(await world.firesOf(ping)), ...(await world.firesOf(pong))];
  expect(all.filter((fire) => fire.state === 'ran')).toHaveLength(9);
  expect(all.find((fire) => fire.state === 'skipped')?.reason).toMatch(/chain of flows/);
  // What was refused is followed by nobody: it would be refused again each minute.
  for (let turn = 0; turn < 3; turn++) await world.dispatch.sweep();
  expect([...(await world.firesOf(ping)), ...(await world.firesOf(pong))]).toHaveLength(all.length);
});

test('fireEvent() keeps the row when Temporal is away, and the sweeper starts it', async () => {
  await using one = await worldWith({});
  await fireEvent(
    { ...one.world.deps, client: unreachableClient() },
    { trigger: one.name, kind: 'message', slotKey: 'a', source: 'test', event: {} },
  );
  one.world.clock.advance(10_000);
  expect((await one.world.dispatch.sweep()).restarted).toBe(1);
});

test('each event has one record of its acceptance or its ending', async () => {
  await using one = await worldWith({ cooldown: '1h' });
  await one.happen('a');
  await one.happen('b');
  const told = await one.world.store.db.select().from(events).where(eq(events.aggregate, 'fire'));
  expect(told.map((event) => event.type).sort()).toEqual(['fire.accepted', 'fire.skipped']);
});
