/**
 * - A service that fails is noticed by its Schedule, and its recovery too; each is one fire that runs.
 * - A change while Steward was off is one fire after the start.
 * - The API shows where a watch stands; a saved file takes effect without a restart.
 * - Nothing of address, credential or answer is in a history of Temporal.
 */
import { expect, test } from 'vitest';
import { fires } from '../../schemas/db/fires.ts';
import { faultServer } from '../support/fault-server.ts';
import { eventually, startWorld, type World } from '../support/world.ts';

const keysOf = async (world: World) => {
  const rows = await world.steward().store.db.select().from(fires).orderBy(fires.id);
  return rows.map((fire) => `${fire.slotKey} ${fire.state}`);
};
const watchOf = async (world: World) => {
  const { triggers } = (await (await world.ask('/api/v1/triggers')).json()) as { triggers: { watch?: object }[] };
  return triggers[0]?.watch;
};

test.each([0, 20])(
  'watchTrigger() notices a service that fails and recovers, with %i runs in the cache',
  async (cachedWorkflows) => {
    await using shop = await faultServer();
    let status = 200;
    shop.use((_request, response) => response.writeHead(status).end('canary-body'));
    const file = (every: string) =>
      `run: noop\noverlap: allow\nwhen: { http: { url: "${shop.url.replace('//', '//me:canary-word@')}/", every: ${every}, for: 2, recovers: 1, on: both } }\n`;
    await using world = await startWorld({ cachedWorkflows, files: { 'triggers/shop.yaml': file('1s') } });
    await eventually(
      async () => ((await watchOf(world)) as { state?: string } | undefined)?.state === 'well' || undefined,
    );
    status = 503;
    await eventually(async () => (await keysOf(world)).includes('http-1-fault ran') || undefined);
    expect(await watchOf(world)).toMatchObject({ state: 'faulty', detail: 'status 503' });
    status = 200;
    await eventually(async () => (await keysOf(world)).includes('http-2-well ran') || undefined);

    await world.stop();
    status = 500;
    await world.restart();
    await eventually(async () => (await keysOf(world)).includes('http-3-fault ran') || undefined);
    expect(await keysOf(world)).toEqual(['http-1-fault ran', 'http-2-well ran', 'http-3-fault ran']);

    // Looked at once when it is saved, and an hour later.
    world.write('triggers/shop.yaml', file('1h'));
    const asked = shop.requests.length;
    await eventually(() => shop.requests.length > asked || undefined);
    const { client } = world.steward();
    let looked = 0;
    for await (const { workflowId, runId } of client.workflow.list({ query: "WorkflowType = 'watchTrigger'" })) {
      if (looked++ > 5) break;
      const history = JSON.stringify(await client.workflow.getHandle(workflowId, runId).fetchHistory());
      expect(history).not.toMatch(/canary|127\.0\.0\.1/);
    }
    expect(looked).toBeGreaterThan(2);
  },
  120_000,
);
