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
const withinMs = 60_000;
const round = (value: number) => Math.round(value * 100) / 100;

interface Kind {
  /** Waits of its own that are part of the way, such as a settle time; said beside the figure. */
  readonly waits: string;
  readonly files: Readonly<Record<string, string>>;
  /** Makes it happen; the trigger whose fire is looked for is `kind-<name>`. */
  happen(at: number): Promise<void> | void;
}

/**
 * One event after the other of each kind into a no-op flow: how long until its fire is accepted, and from there to the
 * ending of its run, which is set in relation to a bare workflow start on the same server.
 *
 * @param bareStartP50 - milliseconds
 */
export async function measureKinds(home: BenchHome, bareStartP50: number, say: (words: string) => void) {
  const service = { status: 200 };
  const server = createServer((_request, response) => response.writeHead(service.status).end());
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
      figures[name] = { waits: kind.waits, ...(await measureKind(home, `kind-${name}`, kind, bareStartP50)) };
    }
  } finally {
    server.close();
  }
  return figures;
}

function kindsOf(home: BenchHome, url: string, service: { status: number }): Record<string, Kind> {
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
    http: {
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

async function measureKind(home: BenchHome, trigger: string, kind: Kind, bareStartP50: number) {
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
    ratioToBareStart: round(run.p50 / bareStartP50),
  };
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
