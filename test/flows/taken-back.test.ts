/**
 * - What its sender redacts on Matrix is gone: a turn that waits or is thought about ends without an answer, and no model
 *   is shown it later.
 * - It sets off nothing any more.
 */
import { asc, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { fires } from '../../schemas/db/fires.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import { ensureApiAccount } from '../../store/accounts/api-account.ts';
import { acceptMessages } from '../../store/conversations/accept-messages.ts';
import { fakeModel } from '../support/fake-openai.ts';
import { matrixFarSide } from '../support/matrix-far-side.ts';
import { eventually, startWorld } from '../support/world.ts';

test('what is redacted while a model thinks about it is not answered, and what comes after it is', async (context) => {
  const far = await matrixFarSide();
  if (typeof far === 'string') {
    console.log(`skipped: ${far}`);
    return context.skip(far);
  }
  await using _far = far;
  await using model = await fakeModel((last) => (last.includes('zebra') ? { hang: true } : { say: 'Here.' }));
  const { name: _name, hash: _hash, ...channel } = far.channel;
  await using world = await startWorld({
    files: {
      'models.yaml': `models: [{ name: m, type: remote, endpoint: "${model.openaiEndpoint}", auth: { api_key: k } }]\n`,
      'channels/matrix.yaml': JSON.stringify(channel),
    },
  });
  const { store } = world.steward();
  const rows = async () => (await store.db.select().from(inbox)).sort((a, b) => a.turn! - b.turn!);
  await eventually(async () => {
    const { rowCount } = await store.db.execute('select 1 from cursors where token is not null');
    return (rowCount ?? 0) > 0 || undefined;
  });
  const said = await far.owner.say(far.directRoom, 'my secret zebra');
  const waits = await far.owner.say(far.directRoom, '/status');
  await far.owner.say(far.directRoom, 'are you there?');
  await eventually(async () => ((await rows()).length === 3 && model.asked.length > 0 ? true : undefined));
  for (const id of [waits, said]) {
    await far.owner.ask('PUT', `/rooms/${far.directRoom}/redact/${id}/${id.slice(1, 9)}`, {});
  }
  const ended = await eventually(async () => {
    const all = await rows();
    return all.every(({ answeredAt }) => answeredAt !== null) ? all : undefined;
  });
  expect(ended.map(({ stopped }) => stopped)).toEqual(['takenBack', 'takenBack', null]);
  const answers = await store.db.select().from(outbox).where(eq(outbox.kind, 'answer'));
  expect(answers.map(({ turnId }) => turnId)).toEqual([ended[2]!.id]);
  expect(JSON.stringify(model.asked.at(-1)!.body.messages)).not.toContain('zebra');
  const told = await world.ask(`/api/v1/conversations/${ended[0]!.conversationId}/messages`);
  const { entries } = (await told.json()) as { entries: { kind: string; turn: number; text?: string }[] };
  expect(JSON.stringify(entries)).not.toContain('zebra');
  expect(entries.filter(({ kind }) => kind === 'takenBack').map(({ turn }) => turn)).toEqual([2, 1]);
}, 180_000);

test('what was taken back before anybody was told of it sets off no trigger', async () => {
  await using world = await startWorld({
    files: { 'triggers/deploys.yaml': 'run: noop\nwhen: { message: { pattern: "^deploy" } }\n' },
  });
  const { store, personId, dispatch } = world.steward();
  const { id: accountId } = await ensureApiAccount(store, personId);
  const thread = { key: '', kind: 'direct', address: '' } as const;
  const messageOf = (dedupeKey: string) => ({
    ...{ dedupeKey, thread, from: 'me', text: `deploy ${dedupeKey}`, at: new Date().toISOString(), addressed: true },
  });
  const right = { accountId, personId, channel: 'api' };
  await acceptMessages(store, right, [messageOf('1'), messageOf('2')], undefined, [{ dedupeKey: '1', by: 'me' }]);
  await dispatch.sweep();
  const ended = await eventually(async () => {
    const rows = await store.db.select().from(inbox).orderBy(asc(inbox.turn));
    return rows.every(({ answeredAt }) => answeredAt !== null) ? rows : undefined;
  });
  expect(ended.map(({ stopped }) => stopped)).toEqual(['takenBack', null]);
  expect(await store.db.$count(fires)).toBe(1);
}, 60_000);
