import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type TLSSocket } from 'node:tls';

/** A client of XMPP that is nothing but a socket and text: another make than the adapter's. */
export interface RawXmpp extends AsyncDisposable {
  /** Writes XML as it stands. */
  write(xml: string): void;
  /** All that came since the connection was made. */
  heard(): string;
  /** Waits until what came matches. @returns the match */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** Says something as a chat message, and waits until the server has answered what was asked after it. */
  say(
    to: string,
    text: string,
    options?: { readonly type?: string; readonly inside?: string; readonly id?: string },
  ): Promise<void>;
  /** Asks with an iq and waits for its answer. @returns all that came since the question */
  ask(inside: string, options?: { readonly type?: 'get' | 'set'; readonly to?: string }): Promise<string>;
}

interface RawLogin {
  readonly port: number;
  readonly caFile: string;
  readonly domain: string;
  readonly user: string;
  readonly password: string;
}

/** Logs in over direct TLS with SASL PLAIN. */
export async function rawXmpp({ port, caFile, domain, user, password }: RawLogin): Promise<RawXmpp> {
  const socket = connect({ host: '127.0.0.1', port, servername: domain, ca: readFileSync(caFile, 'utf8') });
  socket.setEncoding('utf8');
  await once(socket, 'secureConnect');
  const talk = conversationOver(socket);
  const open = `<?xml version='1.0'?><stream:stream to='${domain}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`;
  socket.write(open);
  await talk.until(/<mechanism>PLAIN<\/mechanism>/);
  const secret = Buffer.from(`\0${user}\0${password}`).toString('base64');
  socket.write(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${secret}</auth>`);
  await talk.until(/<success[^>]*>/);
  socket.write(open);
  await talk.until(/<bind[^>]*>/);
  const ask: RawXmpp['ask'] = async (inside, { type = 'get', to } = {}) => {
    const [id, from] = [randomUUID(), talk.heard().length];
    socket.write(`<iq type='${type}' id='${id}'${to === undefined ? '' : ` to='${to}'`}>${inside}</iq>`);
    await talk.until(new RegExp(`<iq[^>]* id=['"]${id}['"][^>]*(?:/>|>[\\s\\S]*?</iq>)`));
    return talk.heard().slice(from);
  };
  await ask(`<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>raw</resource></bind>`, { type: 'set' });
  return {
    ...talk,
    write: (xml) => void socket.write(xml),
    ask,
    say: async (to, text, { type = 'chat', inside = '', id = randomUUID() } = {}) => {
      socket.write(`<message to='${to}' type='${type}' id='${id}'><body>${escapeXml(text)}</body>${inside}</message>`);
      // A server works through one stream in order.
      await ask(`<ping xmlns='urn:xmpp:ping'/>`);
    },
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
    },
  };
}

const signs: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
  '"': '&quot;',
};

/** Text as XML carries it. */
export const escapeXml = (text: string) => text.replace(/[&<>'"]/g, (sign) => signs[sign]!);

/** The other way. */
export const unescapeXml = (text: string) =>
  text.replace(/&(?:amp|lt|gt|apos|quot);/g, (word) => Object.keys(signs).find((sign) => signs[sign] === word)!);

function conversationOver(socket: TLSSocket): Pick<RawXmpp, 'heard' | 'until'> {
  let text = '';
  let gone = false;
  socket.on('data', (chunk) => {
    text += chunk;
    socket.emit('news');
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    gone = true;
    socket.emit('news');
  });
  return {
    heard: () => text,
    until: async (pattern) => {
      for (;;) {
        const found = pattern.exec(text);
        if (found !== null) return found;
        if (gone) throw new Error(`the connection ended before ${pattern}: ${text.slice(-500)}`);
        await once(socket, 'news');
      }
    },
  };
}
