import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { throwawayCa } from './throwaway-ca.ts';

/** A server of XMPP that does what a test says, and lets anyone in. Its domain is `xmpp.test`. */
export interface ScriptedXmpp extends AsyncDisposable {
  readonly port: number;
  readonly caFile: string;
  /** All that clients wrote, in the clear or not, as the server read it. */
  heard(): string;
  /** Writes to the connection that was made last. */
  write(xml: string | Buffer): void;
}

export interface XmppScript {
  /** `tls` from the first byte, `starttls`, or `none`: no TLS is offered. */
  readonly security?: 'tls' | 'starttls' | 'none';
  /** What is sent in the same packet after the wish for TLS was granted. */
  readonly injected?: string;
  /** What stands in place of the stream's own greeting. */
  readonly greeting?: string;
  /** The ways to log in; PLAIN when left out. */
  readonly mechanisms?: readonly string[];
  /** What stands in place of `<success/>`. */
  readonly login?: string;
  /** What is offered beside a resource. */
  readonly features?: string;
  /** Answers the wish for a resource. */
  readonly bind?: (id: string) => string;
  /** Answers a stanza that is no part of logging in; an iq that gets no answer is refused. */
  readonly answer?: (stanza: string) => string | undefined;
}

const streams = 'http://etherx.jabber.org/streams';
const features = (inside: string) => `<stream:features>${inside}</stream:features>`;
const head = `<?xml version='1.0'?><stream:stream from='xmpp.test' id='s1' version='1.0' xmlns='jabber:client' xmlns:stream='${streams}'>`;
const wish = `<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>`;
const mechanisms = (names: readonly string[]) =>
  `<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${names.map((name) => `<mechanism>${name}</mechanism>`).join('')}</mechanisms>`;
const bind = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>`;

/** Starts one on a free port of this machine. */
export async function scriptedXmpp(script: XmppScript = {}): Promise<ScriptedXmpp> {
  const ca = throwawayCa();
  const secureContext = createSecureContext({ key: ca.key, cert: ca.cert });
  const security = script.security ?? 'tls';
  const sockets = new Set<Socket>();
  let heard = '';
  let latest: Socket | undefined;
  const server: Server = createServer((plain) => {
    sockets.add(plain);
    plain.on('error', () => undefined);
    plain.on('close', () => sockets.delete(plain));
    const encrypt = () => new TLSSocket(plain, { isServer: true, secureContext });
    const note = (text: string) => {
      heard += text;
    };
    const talk = (socket: Socket, encrypted: boolean) => {
      latest = socket;
      converse({ socket, encrypted, script: { ...script, security }, note, upgrade: () => talk(encrypt(), true) });
    };
    talk(security === 'tls' ? encrypt() : plain, security === 'tls');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    caFile: ca.caFile,
    heard: () => heard,
    write: (xml) => void latest?.write(xml),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Talk {
  readonly socket: Socket;
  readonly encrypted: boolean;
  readonly script: XmppScript;
  readonly note: (text: string) => void;
  readonly upgrade: () => void;
}

/** One stream: cuts what comes into elements, and answers each. */
function converse({ socket, encrypted, script, note, upgrade }: Talk): void {
  let rest = '';
  let loggedIn = false;
  const greet = () => {
    const offer = loggedIn
      ? bind + (script.features ?? '')
      : encrypted || script.security === 'none'
        ? mechanisms(script.mechanisms ?? ['PLAIN'])
        : wish;
    socket.write(script.greeting ?? head + features(offer));
  };
  const react = (element: string): void => {
    if (element.startsWith('<starttls')) {
      socket.removeAllListeners('data');
      socket.write(`<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>${script.injected ?? ''}`, upgrade);
    } else if (element.startsWith('<auth')) {
      loggedIn = script.login === undefined;
      socket.write(script.login ?? `<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>`);
    } else socket.write(answerOf(element, script) ?? '');
  };
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    note(String(chunk));
    rest += String(chunk);
    for (;;) {
      const opened = /^\s*(?:<\?xml[^>]*>\s*)?<stream:stream[^>]*>/.exec(rest);
      const element = /^\s*<([a-z]+)(?:\s[^>]*)?(?:\/>|>[\s\S]*?<\/\1>)/.exec(rest);
      const next = opened ?? element;
      if (next === null) return;
      rest = rest.slice(next[0].length);
      if (opened !== null) greet();
      else react(next[0].trim());
    }
  });
}

function answerOf(element: string, { answer, bind: give }: XmppScript): string | undefined {
  const id = /\sid=["']([^"']*)/.exec(element)?.[1] ?? '';
  if (element.includes('xmpp-bind') && give !== undefined) return give(id);
  if (element.includes('xmpp-bind'))
    return `<iq type='result' id='${id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>steward@xmpp.test/one</jid></bind></iq>`;
  const told = answer?.(element);
  if (told !== undefined || !/^<iq[^>]*type=["'](?:get|set)/.test(element)) return told;
  const why = `<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
  return `<iq type='error' id='${id}' from='steward@xmpp.test'>${why}</iq>`;
}
