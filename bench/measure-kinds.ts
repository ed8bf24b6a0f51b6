import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { secretFor, signWebhook } from '../test/support/sign-webhook.ts';
import { readPorts } from '../workers/home/choose-ports.ts';
import { homePlaces } from '../workers/home/open-home.ts';
import { quantiles } from './quantiles.ts';
import type { BenchHome, EndedFire } from './steward-home.ts';

const rounds = 20;
/** Events at once where a sender can send so many. */
const burst = 100;
const atOnce = 8;
const withinMs = 60_000;
const round = (value: number) => Math.round(value * 100) / 100;

interface BareStarts {
  readonly startMs: { readonly p50: number };
  readonly startsPerSecond: number;
}

interface Kind {
  /** Waits of its own that are part of the way, such as a settle time; said beside the figure. */
  readonly waits: string;
  readonly files: Readonly<Record<string, string>>;
  /** Makes it happen; the trigger whose fire is looked for is `kind-<name>`. */
  happen(at: number): Promise<void> | void;
  /** A watch has one change a look, so there is no burst of it. */
  readonly alone?: true;
}

/**
 * One event after the other of each kind into a no-op flow: how long until its fire is accepted, and from there to the
 * ending of its run; then a hundred at once, until all have ended. Both in relation to bare workflow starts on the same
 * server, which run nothing.
 */
export async function measureKinds(home: BenchHome, bare: BareStarts, say: (words: string) => void) {
  const service = { status: 200, value: 1 };
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/api/v1/query') !== true) return void response.writeHead(service.status).end();
    // What Prometheus answers to an instant query.
    const result = [{ metric: {}, value: [Date.now() / 1000, `${service.value}`] }];
    const data = { resultType: 'vector', result };
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ status: 'success', data }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const kinds = kindsOf(home, url, service);
  for (const { files } of Object.values(kinds)) {
    for (const [path, text] of Object.entries(files)) home.write(path, text);
  }
  await sleep(8_000);
  const figures: Record<string, unknown> = {};
  try {
    for (const [name, kind] of Object.entries(kinds)) {
      say(`${rounds} events of kind ${name}`);
      figures[name] = { waits: kind.waits, ...(await measureKind(home, `kind-${name}`, kind, bare)) };
    }
  } finally {
    server.close();
  }
  return figures;
}

function kindsOf(home: BenchHome, url: string, service: { status: number; value: number }): Record<string, Kind> {
  const inbox = join(home.root, 'KindBox');
  const dropped = join(home.root, 'Dropped');
  for (const part of ['new', 'cur', 'tmp']) mkdirSync(join(inbox, part), { recursive: true });
  mkdirSync(dropped);
  const noop = (name: string, when: string, more = '') => ({
    [`triggers/kind-${name}.yaml`]: `run: noop\nwhen: ${when}\n${more}`,
  });
  const stamp = Date.now();
  const port = readPorts(homePlaces(home.root).ports)!.api;
  const secret = secretFor('standard');
  const post = (path: string, body: object) => home.api.post(path, body).then(() => undefined);
  return {
    manual: {
      waits: 'none',
      files: noop('manual', '{ message: { room: nowhere } }'),
      happen: (at) => post('/api/v1/triggers/kind-manual/fire', { requestId: `kinds-${stamp}-${at}` }),
    },
    message: {
      waits: 'none',
      files: noop('message', '{ message: { room: bench } }'),
      happen: (at) => post('/api/v1/messages', { id: `kinds-${stamp}-${at}`, room: 'bench', text: 'hello' }),
    },
    webhook: {
      waits: 'none',
      files: noop('webhook', `{ webhook: { provider: standard, secret: ${secret} } }`),
      happen: async (at) => {
        const body = Buffer.from(JSON.stringify({ type: 'bench', at }));
        const headers = signWebhook('standard', { body, secret, at: new Date(), id: `kinds-${stamp}-${at}` });
        const answer = await fetch(`http://127.0.0.1:${port}/hooks/kind-webhook`, { method: 'POST', headers, body });
        if (!answer.ok) throw new Error(`The webhook was answered with ${answer.status}`);
      },
    },
    flow: {
      waits: 'the run of the flow before it',
      files: {
        ...noop('cause', '{ message: { room: cause } }'),
        ...noop('flow', '{ flow: { trigger: kind-cause, ending: [ran] } }'),
      },
      happen: (at) => post('/api/v1/messages', { id: `cause-${stamp}-${at}`, room: 'cause', text: 'hello' }),
    },
    file: {
      waits: 'settle 100 ms, looked at each 2 s',
      files: noop('file', `{ file: { path: ${dropped}, settle: 100ms } }`),
      happen: (at) => writeFileSync(join(dropped, `file-${stamp}-${at}`), 'x'),
    },
    metric: {
      alone: true,
      waits: 'asked each 1 s',
      files: noop(
        'metric',
        `{ metric: { prometheus: { url: "${url}", query: up }, every: 1s, above: 5, on: both } }`,
        'overlap: allow\n',
      ),
      happen: () => {
        service.value = service.value === 1 ? 9 : 1;
      },
    },
    http: {
      alone: true,
      waits: 'asked each 1 s',
      files: noop('http', `{ http: { url: "${url}", every: 1s, on: both } }`, 'overlap: allow\n'),
      happen: () => {
        service.status = service.status === 200 ? 500 : 200;
      },
    },
    mail: {
      waits: 'settle 0 s, Maildir looked at each 1 s',
      files: {
        'channels/kindbox.yaml': `kind: maildir\naddresses: [me@kinds.example]\npath: ${inbox}\nreadEvery: 1s\n`,
        ...noop('mail', '{ mail: { account: kindbox }, settle: 0s }'),
      },
      happen: (at) => {
        const head = `From: Ann <ann@out.example>\r\nTo: me@kinds.example\r\nSubject: ${at}\r\nMessage-ID: <${stamp}-${at}@out.example>`;
        writeFileSync(
          join(inbox, 'new', `${stamp}-${at}`),
          `${head}\r\nDate: ${new Date().toUTCString()}\r\n\r\nhello\r\n`,
        );
      },
    },
  };
}

async function measureKind(home: BenchHome, trigger: string, kind: Kind, bare: BareStarts) {
  const toAccepted: number[] = [];
  const toEnded: number[] = [];
  for (let at = 0; at < rounds; at++) {
    const known = (await newest(home, trigger))?.id;
    const began = Date.now();
    await kind.happen(at);
    const fire = await ended(home, trigger, known);
    toAccepted.push(Math.max(0, Date.parse(fire.acceptedAt) - began));
    toEnded.push(Date.parse(fire.endedAt) - Date.parse(fire.acceptedAt));
  }
  const run = quantiles(toEnded);
  return {
    ...{ happenedToAcceptedMs: quantiles(toAccepted), acceptedToEndedMs: run },
    ratioToBareStart: round(run.p50 / bare.startMs.p50),
    ...(kind.alone ? {} : await measureBurst(home, trigger, kind, bare)),
  };
}

/** A hundred events at once: fires ended in a second, from the first event to the last ending. */
async function measureBurst(home: BenchHome, trigger: string, kind: Kind, bare: BareStarts) {
  const began = Date.now();
  let sent = 0;
  const send = async () => {
    while (sent < burst) await kind.happen(rounds + sent++);
  };
  await Promise.all(Array.from({ length: atOnce }, send));
  for (;;) {
    const { fires } = await home.api.get<{ fires: EndedFire[] }>(`/api/v1/fires?trigger=${trigger}&limit=200`);
    const done = fires.filter((fire) => fire.state !== 'open' && Date.parse(fire.acceptedAt) >= began);
    if (done.length >= burst) {
      const last = Math.max(...done.map((fire) => Date.parse(fire.endedAt)));
      const firesPerSecond = round(burst / ((last - began) / 1000));
      return { firesPerSecond, rateToBareStarts: round(firesPerSecond / bare.startsPerSecond) };
    }
    if (Date.now() - began > withinMs) throw new Error(`${done.length} of ${burst} fires of ${trigger} ended in time`);
    await sleep(200);
  }
}

async function newest(home: BenchHome, trigger: string): Promise<EndedFire | undefined> {
  const { fires } = await home.api.get<{ fires: EndedFire[] }>(`/api/v1/fires?trigger=${trigger}&limit=1`);
  return fires[0];
}

async function ended(home: BenchHome, trigger: string, known: string | undefined): Promise<EndedFire> {
  for (const until = Date.now() + withinMs; Date.now() < until; await sleep(30)) {
    const fire = await newest(home, trigger);
    if (fire !== undefined && fire.id !== known && fire.state !== 'open') return fire;
  }
  throw new Error(`No fire of ${trigger} ended within ${withinMs} ms`);
}
