import { createServer as createPlainServer, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import { throwawayCa } from './throwaway-ca.ts';

export interface ScriptedMail {
  readonly uid: number;
  readonly raw: string;
}

/** What the next answers say; a test may change it at any time. */
export interface ImapScript {
  uidValidity: number;
  mails: ScriptedMail[];
  /** From now on connections stay open and nothing is answered. */
  silent: boolean;
  /** The tagged answer to LOGIN and AUTHENTICATE; `OK` when left out. */
  login?: string;
  /** UIDs whose FETCH of content is refused. */
  broken: Set<number>;
  /** Whether IDLE tells of new mail by itself. */
  deaf: boolean;
}

export interface ScriptedImap extends AsyncDisposable {
  readonly port: number;
  readonly caFile: string;
  readonly script: ImapScript;
  /** Every line that clients sent. */
  readonly lines: string[];
  readonly connections: () => number;
  deliver(raw: string): void;
}

/** A small IMAP server that does what a test says, wrong things included. @param options.plain - no TLS, and a greeting that offers none */
export async function scriptedImap(options: { plain?: boolean } = {}): Promise<ScriptedImap> {
  const ca = throwawayCa();
  const script: ImapScript = { uidValidity: 1, mails: [], silent: false, broken: new Set(), deaf: false };
  const lines: string[] = [];
  const idling = new Map<Socket, string>();
  const sockets = new Set<Socket>();
  let count = 0;
  const serve = (socket: Socket) => {
    count += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      idling.delete(socket);
    });
    socket.write('* OK ready\r\n');
    let rest = '';
    socket.on('data', (data) => {
      rest += data.toString('latin1');
      const complete = rest.split('\r\n');
      rest = complete.pop() ?? '';
      for (const line of complete) {
        lines.push(line);
        if (!script.silent) answer(socket, line, script, idling);
      }
    });
  };
  const server = options.plain ? createPlainServer(serve) : createServer({ cert: ca.cert, key: ca.key }, serve);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    caFile: ca.caFile,
    script,
    lines,
    connections: () => count,
    deliver: (raw) => {
      const uid = Math.max(0, ...script.mails.map((mail) => mail.uid)) + 1;
      script.mails.push({ uid, raw });
      if (!script.deaf && !script.silent)
        for (const socket of idling.keys()) socket.write(`* ${script.mails.length} EXISTS\r\n`);
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function answer(socket: Socket, line: string, script: ImapScript, idling: Map<Socket, string>): void {
  if (line === 'DONE') {
    socket.write(`${idling.get(socket)} OK done\r\n`);
    idling.delete(socket);
    return;
  }
  const [tag = '', verb = '', ...rest] = line.split(' ');
  const say = (...words: string[]) => socket.write(words.map((word) => `${word}\r\n`).join(''));
  const ok = `${tag} OK done`;
  switch (verb.toUpperCase()) {
    case 'CAPABILITY':
      return void say('* CAPABILITY IMAP4rev1 IDLE', ok);
    case 'LOGIN':
      return void say(`${tag} ${script.login ?? 'OK done'}`);
    case 'SELECT':
    case 'EXAMINE':
      return void say(
        '* FLAGS (\\Seen)',
        `* ${script.mails.length} EXISTS`,
        `* OK [UIDVALIDITY ${script.uidValidity}] valid`,
        `* OK [UIDNEXT ${Math.max(0, ...script.mails.map((mail) => mail.uid)) + 1}] next`,
        `${tag} OK [READ-ONLY] done`,
      );
    case 'IDLE':
      idling.set(socket, tag);
      return void say('+ idling');
    case 'UID':
      return void (rest[0]?.toUpperCase() === 'SEARCH'
        ? say(
            `* SEARCH ${matching(script, rest.slice(1).join(' '))
              .map((mail) => mail.uid)
              .join(' ')}`.trimEnd(),
            ok,
          )
        : fetch(socket, tag, script, rest));
    default:
      return void say(ok);
  }
}

function matching(script: ImapScript, query: string): ScriptedMail[] {
  const range = /UID (\S+)/i.exec(query)?.[1];
  return range === undefined ? script.mails : script.mails.filter((mail) => inRange(script, mail.uid, range));
}

function inRange(script: ImapScript, uid: number, range: string): boolean {
  const last = Math.max(0, ...script.mails.map((mail) => mail.uid));
  return range.split(',').some((part) => {
    const [a = 0, b = a] = part.split(':').map((word) => (word === '*' ? last : Number(word)));
    return uid >= Math.min(a, b) && uid <= Math.max(a, b);
  });
}

function fetch(socket: Socket, tag: string, script: ImapScript, words: string[]): void {
  const items = words.slice(2).join(' ');
  const chosen = script.mails.filter((mail) => inRange(script, mail.uid, words[1] ?? ''));
  if (/BODY/i.test(items) && chosen.some((mail) => script.broken.has(mail.uid))) {
    socket.write(`${tag} NO [SERVERBUG] cannot read that one\r\n`);
    return;
  }
  for (const mail of chosen) {
    const seq = script.mails.indexOf(mail) + 1;
    const known = `UID ${mail.uid} FLAGS () INTERNALDATE " 2-Mar-2036 08:00:00 +0000" RFC822.SIZE ${mail.raw.length}`;
    const part = /BODY\.PEEK\[HEADER\]/i.test(items) ? 'HEADER' : '';
    const text = part === 'HEADER' ? `${mail.raw.split('\r\n\r\n')[0]}\r\n\r\n` : mail.raw;
    const body = /BODY/i.test(items) ? ` BODY[${part}]${part === '' ? '<0>' : ''} {${text.length}}\r\n${text}` : '';
    socket.write(`* ${seq} FETCH (${known}${body})\r\n`, 'latin1');
  }
  socket.write(`${tag} OK done\r\n`);
}
