/**
 * - However much waits for a far side that is away, it arrives once it is back: once each, and in order.
 * - What waits does not weigh down the run of its conversation.
 */
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { outbox } from '../../schemas/db/outbox.ts';
import { workflowIds } from '../../schemas/ids.ts';
import { faultServer } from '../support/fault-server.ts';
import { eventually, startWorld } from '../support/world.ts';

const said = 120;

test('120 answers that wait for a far side arrive in order, and their run stays small', async () => {
  await using far = await faultServer();
  let away = true;
  const heard: string[] = [];
  far.use((_request, response) => {
    const { body } = far.requests.at(-1)!;
    if (!away) heard.push(/\/nothing(\d+)/.exec(body)?.[1] ?? body);
    response.writeHead(away ? 429 : 200, { 'retry-after': '2' }).end();
  });
  const hook = { kind: 'webhook', addresses: ['me'], url: `${far.url}/hook`, secret: 'whsec_MDEyMzQ1Njc4OWFiY2RlZg==' };
  await using world = await startWorld({
    files: { 'channels/hook.yaml': JSON.stringify(hook), 'steward.yaml': 'mirror: ["chat:hook"]\n' },
  });
  const body = (at: number) => ({ id: `m${at}`, text: `/nothing${at}` });
  let conversation = '';
  for (let at = 1; at <= said; at += 1) {
    const answer = await world.ask('/api/v1/messages', { method: 'POST', body: body(at) });
    ({ conversation } = (await answer.json()) as { conversation: string });
  }
  const { store, client } = world.steward();
  const mirrored = eq(outbox.channel, 'webhook');
  await eventually(async () => (await store.db.$count(outbox, mirrored)) === said || undefined);
  away = false;
  await eventually(async () => heard.length >= said || undefined, 60_000);
  expect(heard).toEqual(Array.from({ length: said }, (_, at) => String(at + 1)));
  // It was handed over on the way: whoever reads it again after a crash must be able to.
  const { historyLength, raw } = await client.workflow.getHandle(workflowIds.conversation(conversation)).describe();
  expect(historyLength).toBeLessThan(1_000);
  const bytes = Number(raw.workflowExecutionInfo?.historySizeBytes);
  // Some dozen events for each turn and its mirror, of some hundred bytes; not a list of all that waits with each turn.
  expect(bytes / historyLength).toBeLessThan(900);
}, 120_000);
