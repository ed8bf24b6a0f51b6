import type { Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { throwawayCa } from './throwaway-ca.ts';

/**
 * What the server does wrong: `dropAfterDot` keeps the message and cuts before its answer, `dropBeforeData` cuts before it,
 * `hang` keeps the message and never answers, numbers are the answer after the final dot.
 */
export type SmtpFault =
  | 'none'
  | 'dropAfterDot'
  | 'dropBeforeData'
  | 'hang'
  | 'refuseRecipient'
  | 'busyRecipient'
  | 421
  | 451
  | 550
  | 554;

export interface KeptMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
}

/** A real SMTP server on loopback that keeps what it is given. User `me@mail.test`, password `pw-me`. */
export interface SmtpSink extends AsyncDisposable {
  readonly port: number;
  readonly caFile: string;
  readonly mails: KeptMail[];
  /** Names of logins that were tried, right or wrong. */
  readonly logins: string[];
  fault: SmtpFault;
}

/** @param options.security - `none` offers no TLS at all. */
export async function smtpSink(options: { security?: 'tls' | 'starttls' | 'none' } = {}): Promise<SmtpSink> {
  const ca = throwawayCa();
  const security = options.security ?? 'tls';
  const mails: KeptMail[] = [];
  const logins: string[] = [];
  const state: { fault: SmtpFault } = { fault: 'none' };
  const server: SMTPServer = new SMTPServer({
    closeTimeout: 100,
    secure: security === 'tls',
    cert: ca.cert,
    key: ca.key,
    disabledCommands: security === 'none' ? ['STARTTLS'] : [],
    allowInsecureAuth: security === 'none',
    disableReverseLookup: true,
    authMethods: ['PLAIN', 'LOGIN'],
    logger: false,
    onAuth: (auth, _session, done) => {
      logins.push(auth.username ?? '');
      if (auth.username === 'me@mail.test' && auth.password === 'pw-me') return done(null, { user: auth.username });
      done(Object.assign(new Error('Wrong user or password'), { responseCode: 535 }));
    },
    onRcptTo: (_address, _session, done) => {
      if (state.fault === 'refuseRecipient') return done(answer(550));
      if (state.fault === 'busyRecipient') return done(answer(450));
      if (state.fault === 'dropBeforeData') return cutAll(server);
      done();
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { fault } = state;
        if (typeof fault === 'number') return done(answer(fault));
        const { mailFrom, rcptTo } = session.envelope;
        const raw = Buffer.concat(chunks).toString('utf8');
        mails.push({ from: mailFrom === false ? '' : mailFrom.address, to: rcptTo.map((to) => to.address), raw });
        if (fault === 'dropAfterDot') return cutAll(server);
        if (fault !== 'hang') done(null, 'kept');
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as { port: number };
  return {
    port,
    caFile: ca.caFile,
    mails,
    logins,
    get fault() {
      return state.fault;
    },
    set fault(fault) {
      state.fault = fault;
    },
    [Symbol.asyncDispose]: async () => {
      cutAll(server);
      await new Promise<void>((resolve) => server.close(resolve));
    },
  };
}

const answer = (responseCode: number) => Object.assign(new Error('no'), { responseCode });

/** Cuts the connections where TLS ends: a socket that is destroyed below it can take the whole process along. */
function cutAll(server: SMTPServer): void {
  for (const { _socket } of server.connections as unknown as Set<{ _socket: Socket }>) _socket.destroy();
}
