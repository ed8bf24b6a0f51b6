/**
 * All figures in one run, against a stock Temporal beside it: `npm run bench [-- --only fires,memory --idle-minutes 10]`.
 * Prints JSON with versions and machine. Parts: fires, schedule, report, start, memory, digest, size,
 * priority, webhooks, kinds, chat, models; and, when they are named, `facts` (`--facts 10000,100000`), `accounts`
 * (`--away-minutes 10`) and `peer`, which installs 650 MB (`--peer-folder` where they lie already).
 */
import { parseArgs } from 'node:util';
import { readPorts } from '../workers/home/choose-ports.ts';
import { homePlaces } from '../workers/home/open-home.ts';
import { machine } from './machine.ts';
import { measureAccounts } from './measure-accounts.ts';
import { measureChat } from './measure-chat.ts';
import { measureDigest } from './measure-digest.ts';
import { measureFacts } from './measure-facts.ts';
import { measureFires, measureReport, measureSchedule } from './measure-fires.ts';
import { measureKinds } from './measure-kinds.ts';
import { measureModels } from './measure-models.ts';
import { measurePeer } from './measure-peer.ts';
import { measurePriority } from './measure-priority.ts';
import { measureSize } from './measure-size.ts';
import { measureStart } from './measure-start.ts';
import { measureBareStarts, measureWebhooks } from './measure-webhooks.ts';
import { benchHome, summarise } from './steward-home.ts';
import { runStockHello } from './stock-server.ts';

const all = [
  'fires',
  'schedule',
  'report',
  'start',
  'memory',
  'digest',
  'size',
  'priority',
  'webhooks',
  'kinds',
  'chat',
  'models',
];
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: all.join(',') },
    runs: { type: 'string', default: '200' },
    'away-minutes': { type: 'string', default: '10' },
    'idle-minutes': { type: 'string', default: '10' },
    facts: { type: 'string', default: '10000,100000' },
    mails: { type: 'string', default: '1000' },
    'peer-folder': { type: 'string' },
  },
});
const wanted = new Set(values.only.split(','));
const runs = Number(values.runs);
const say = (words: string) => process.stderr.write(`${words}\n`);
const figures: Record<string, unknown> = { at: new Date().toISOString(), machine: machine() };

if (wanted.has('models')) figures.models = await measureModels(say);
if (wanted.has('facts')) figures.facts = await measureFacts(values.facts.split(',').map(Number), say);
if (wanted.has('accounts')) {
  using home = benchHome();
  say('starting Steward');
  home.up();
  figures.accounts = await measureAccounts(home, Number(values['away-minutes']), say);
}
if (['fires', 'schedule', 'report', 'start', 'memory', 'webhooks', 'kinds', 'chat'].some((part) => wanted.has(part))) {
  using home = benchHome();
  say('starting Steward');
  const cold = home.up();
  if (wanted.has('start')) {
    say('starting it again, warm');
    figures.start = { coldSeconds: cold, ...(await measureStart(home)) };
  }
  if (wanted.has('fires')) {
    say(`${runs} hello workflows on a stock server`);
    const stock = await runStockHello(runs);
    say(`${runs} fires by hand`);
    figures.fires = { stock, ...(await measureFires(home, stock, runs)) };
    if (wanted.has('schedule')) {
      say('a schedule that fires each second, for a minute');
      figures.schedule = await measureSchedule(home, stock);
    }
  }
  if (wanted.has('report')) {
    say('reports into a Maildir');
    figures.report = await measureReport(home, Math.min(50, runs));
  }
  if (wanted.has('kinds')) {
    const { temporal } = readPorts(homePlaces(home.root).ports)!;
    say('bare workflow starts on the same server');
    const bare = await measureBareStarts(home, temporal);
    figures.kinds = { bareStart: bare, ...(await measureKinds(home, bare, say)) };
  }
  if (wanted.has('chat')) figures.chat = await measureChat(home, say);
  if (wanted.has('webhooks')) figures.webhooks = await measureWebhooks(home, say);
  if (wanted.has('memory')) {
    const minutes = Number(values['idle-minutes']);
    say(`idle for ${minutes} minutes`);
    home.down();
    home.up();
    await new Promise((resolve) => setTimeout(resolve, minutes * 60_000));
    figures.idleMemory = { minutes, ...summarise(home.memory()) };
  }
}
if (wanted.has('digest')) figures.digest = await measureDigest(Number(values.mails), say);
if (wanted.has('priority')) figures.priority = await measurePriority(say);
if (wanted.has('size')) figures.size = measureSize();
if (wanted.has('peer')) figures.peer = await measurePeer(values['peer-folder'], say);
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
process.exit(0);
