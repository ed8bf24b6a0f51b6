/**
 * Keeps a history of each flow as it runs now: `npm run record [-- NAME]`. Histories that are there are never
 * overwritten: they are what a run of an older release looks like.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTemporal } from '../../workers/home/find-temporal.ts';
import { fakeModel } from '../support/fake-openai.ts';
import { openRun, removeRun } from '../support/run-folder.ts';
import { byHand, eventually, putMail, startWorld, takenIn, type World, withBox } from '../support/world.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const version = '0.1.0';
const program = await findTemporal(process.env, (line) => process.stderr.write(`${line}\n`));
const run = await openRun();
await recordAll();
await removeRun(run);
process.exit(0);

async function recordAll(): Promise<void> {
  const answers = { status: 200 };
  const server = createServer((_request, response) => response.writeHead(answers.status).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await using world = await startWorld({
    rootKey: join(here, 'root-key'),
    files: {
      'triggers/digest.yaml': byHand('emailDigest'),
      'triggers/report.yaml': byHand('morningReport'),
      'triggers/check.yaml': byHand('healthCheck'),
      'triggers/noop.yaml': byHand('noop', ''),
      'triggers/tick.yaml': 'run: noop\nwhen: { schedule: "* * * * * *" }\nmissed: { policy: latest }\n',
      'triggers/shop.yaml': `run: noop\nwhen: { http: { url: "${url}", every: 1s } }\n`,
      'triggers/fault.yaml': faultFile(url),
      'steward.yaml': instanceText(`{ name: shop, url: "${url}" }`),
    },
  });
  await withBox(world);
  await world.fire('noop', 'noop');
  await world.fire('digest', 'empty');
  for (let at = 0; at < 60; at++) putMail(world, at);
  await takenIn(world, 60);
  await world.fire('digest', 'sixty');
  putMail(world, 60);
  await takenIn(world, 61);
  await world.fire('report', 'one');
  await world.fire('check', 'well');
  answers.status = 503;
  await world.fire('check', 'ill');
  const { client } = world.steward();
  world.write(
    'steward.yaml',
    instanceText(`{ name: shop, url: "${url}" }, { name: store, url: "${url}", onFault: fault }`),
  );
  await world.steward().files.reload();
  await world.fire('check', 'fault');
  answers.status = 200;
  await client.workflow.execute('sweep', { workflowId: 'sweep', taskQueue: 'steward' });
  const closed = (type: string) => eventually(() => closedRun(world, type), 60_000);
  keep(world, 'noop', 'fire:noop:manual-noop');
  keep(world, 'emailDigest-empty', 'fire:digest:manual-empty');
  keep(world, 'emailDigest-sixty', 'fire:digest:manual-sixty');
  keep(world, 'morningReport', 'fire:report:manual-one');
  keep(world, 'healthCheck-well', 'fire:check:manual-well');
  keep(world, 'healthCheck-transition', 'fire:check:manual-ill');
  keep(world, 'healthCheck-onFault', 'fire:check:manual-fault');
  keep(world, 'serviceFault', await closed('serviceFault'));
  keep(world, 'sweep', 'sweep');
  keep(world, 'wakeTrigger', await closed('wakeTrigger'));
  keep(world, 'watchTrigger', await closed('watchTrigger'));
  await client.workflow.execute('sendOutbox', {
    workflowId: 'outbox:kept',
    taskQueue: 'steward',
    args: [{ outboxId: await anyOutbox(world) }],
  });
  keep(world, 'sendOutbox', 'outbox:kept');
  keep(world, 'conversation', await talk(world));
  keep(world, 'conversation-model', await talkToModel(world));
  keep(world, 'askedAction', await closed('askedAction'));
  await world.steward().dispatch.tellNews({
    ...{ personId: world.steward().personId, accountId: 'acc_kept', channel: 'house' },
    news: { key: 'kept', subject: 'house: eve opened #1', text: 'house: eve opened #1' },
  });
  keep(world, 'tellNews', await closed('tellNews'));
  rmSync(join(world.home, 'channels/box.yaml'));
  keep(world, 'channelSession', await closed('channelSession'));
  server.close();
}

/** Its run goes on for minutes after the last word; a history up to there replays as well. */
async function talk(world: World): Promise<string> {
  let id = '';
  for (const [at, text] of ['/help', '/status', 'hello'].entries()) {
    const answer = await world.ask('/api/v1/messages', { method: 'POST', body: { id: `kept-${at}`, text } });
    id = ((await answer.json()) as { conversation: string }).conversation;
  }
  await eventually(async () => {
    const answer = await world.ask(`/api/v1/conversations/${id}/messages`);
    const { entries } = (await answer.json()) as { entries: { kind: string }[] };
    return entries.filter(({ kind }) => kind === 'answered').length === 3 || undefined;
  });
  return `conv:${id}`;
}

/** A model that looks, asks for a word that is a no, and is stopped in its second turn. */
async function talkToModel(world: World): Promise<string> {
  await using model = await fakeModel((last, nth) =>
    nth === 1
      ? {
          call: [
            { tool: 'status', args: '{}' },
            { tool: 'run', args: '{"trigger":"noop"}' },
          ],
        }
      : last === 'for ever'
        ? { hang: true }
        : { say: 'I asked.' },
  );
  world.write('models.yaml', `models: [{ name: kept, type: remote, endpoint: "${model.openaiEndpoint}" }]\n`);
  await world.steward().files.reload();
  const room = 'kept-model';
  const say = async (id: string, text: string) => {
    const answer = await world.ask('/api/v1/messages', { method: 'POST', body: { id, text, room } });
    return (await answer.json()) as { conversation: string };
  };
  const { conversation } = await say('kept-model-1', 'run noop');
  const waiting = await eventually(async () => {
    const answer = await world.ask('/api/v1/approvals');
    return ((await answer.json()) as { approvals: { id: string }[] }).approvals[0];
  });
  await world.ask(`/api/v1/approvals/${waiting.id}/deny`, { method: 'POST', body: {} });
  await say('kept-model-2', 'for ever');
  await eventually(async () => (model.asked.length === 3 ? true : undefined));
  await say('kept-model-3', '/cancel');
  await eventually(async () => {
    const answer = await world.ask(`/api/v1/conversations/${conversation}/messages`);
    const { entries } = (await answer.json()) as { entries: { kind: string }[] };
    return entries.filter(({ kind }) => kind === 'answered').length === 3 || undefined;
  });
  return `conv:${conversation}`;
}

function instanceText(services: string): string {
  return `health: { after: 1, diskFreePercent: 0, memoryFreePercent: 0, services: [${services}] }\n`;
}

function faultFile(url: string): string {
  return `run: serviceFault
when: { webhook: { provider: bearer, secret: kept-for-replay } }
deliver: [mail:box]
fault:
  service: store
  diagnose: [{ name: front page, http: { url: "${url}" } }]
  action: { name: restart, http: { url: "${url}", expect: [200, 503] } }
  verify: { every: 200ms, healthy: 2 }
  flapping: 2s
`;
}

async function closedRun(world: World, type: string): Promise<string | undefined> {
  const query = `WorkflowType = '${type}' AND ExecutionStatus = 'Completed'`;
  for await (const { workflowId } of world.steward().client.workflow.list({ query })) return workflowId;
  return undefined;
}

async function anyOutbox(world: World): Promise<string> {
  const { rows } = await world.steward().store.db.execute<{ id: string }>('select id from outbox limit 1');
  return rows[0]!.id;
}

/** Written by the Temporal CLI: a history that is encoded by hand loses its timestamps. */
function keep(world: World, name: string, workflowId: string): void {
  const wanted = process.argv[2];
  const file = join(here, 'histories', `${name}-${version}.json`);
  if (existsSync(file) || (wanted !== undefined && !name.startsWith(wanted))) return;
  const args = ['workflow', 'show', '--address', world.temporalAddress, '--namespace', world.namespace];
  const history = execFileSync(program, [...args, '--workflow-id', workflowId, '--output', 'json'], {
    maxBuffer: 50_000_000,
  });
  writeFileSync(file, history);
  process.stderr.write(`kept ${name}\n`);
}
