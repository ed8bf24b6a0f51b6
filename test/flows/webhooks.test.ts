/**
 * - A webhook runs its flow once, and a delivery that comes again after a restart runs nothing.
 * - A hook is there within the save of its file, and gone with it.
 */
import { expect, test } from 'vitest';
import { fires } from '../../schemas/db/fires.ts';
import { readPayload } from '../../store/fires/open-fire.ts';
import { secretFor, signWebhook } from '../support/sign-webhook.ts';
import { eventually, startWorld, type World } from '../support/world.ts';

const hookFile = (secret: string) => `run: noop\nwhen: { webhook: { provider: standard, secret: "${secret}" } }\n`;
const body = Buffer.from('{"type":"invoice.paid","words":"grüße"}');

function deliver(world: World, id: string, secret = secretFor('standard')): Promise<Response> {
  return fetch(`http://127.0.0.1:${world.steward().apiPort}/hooks/paid`, {
    ...{ method: 'POST', body },
    headers: signWebhook('standard', { body, secret, at: new Date(), id }),
  });
}

test('a webhook runs its flow once, also when it comes again after a restart', async () => {
  await using world = await startWorld({ files: { 'triggers/paid.yaml': hookFile(secretFor('standard')) } });
  const first = await deliver(world, 'msg_1');
  expect(first.status).toBe(200);
  const { fireId } = (await first.json()) as { fireId: string };
  await world.restart();
  const again = await deliver(world, 'msg_1');
  expect(await again.json()).toEqual({ accepted: false, fireId });
  const [fire] = await eventually(async () => {
    const rows = await world.steward().store.db.select().from(fires);
    return rows.every((row) => row.state !== 'open') ? rows : undefined;
  });
  expect(fire).toMatchObject({ id: fireId, state: 'ran', kind: 'webhook' });
  expect(await world.steward().store.db.$count(fires)).toBe(1);
  const kept = await readPayload(world.steward().store, fireId);
  expect(kept?.body.equals(body)).toBe(true);
}, 120_000);

test('a hook is there as soon as its file is saved, with another secret when that is saved, and gone with it', async () => {
  await using world = await startWorld({});
  expect((await deliver(world, 'msg_1')).status).toBe(404);
  world.write('triggers/paid.yaml', hookFile(secretFor('standard')));
  await world.steward().files.reload();
  expect((await deliver(world, 'msg_1')).status).toBe(200);
  world.write('triggers/paid.yaml', hookFile(secretFor('standard', 'two')));
  await world.steward().files.reload();
  expect((await deliver(world, 'msg_2')).status).toBe(401);
  expect((await deliver(world, 'msg_2', secretFor('standard', 'two'))).status).toBe(200);
  world.write('triggers/paid.yaml', `enabled: false\n${hookFile(secretFor('standard', 'two'))}`);
  await world.steward().files.reload();
  expect((await deliver(world, 'msg_3', secretFor('standard', 'two'))).status).toBe(404);
}, 120_000);
