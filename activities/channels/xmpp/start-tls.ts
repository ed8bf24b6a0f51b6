import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { xml } from '@xmpp/client';
import { StewardError } from '../../../schemas/errors.ts';
import type { Element } from './element.ts';
import { ns } from './xmpp-names.ts';

/** More than any list of features; whoever sends more before TLS is no server. */
const maxBytes = 65_536;

/**
 * Asks a server for TLS on an open connection, and goes no further without it. Nothing that came in the clear is taken
 * over into the secure stream, and who says more than the answer is refused.
 *
 * @throws channelInsecure where the server does not offer it, says no, or somebody puts words behind its answer
 * @source RFC 6120 5.4
 */
export async function startTls(socket: Socket, domain: string): Promise<void> {
  const next = elementsOf(socket);
  const to = escapeXML(domain);
  socket.write(
    `<?xml version='1.0'?><stream:stream to='${to}' version='1.0' xmlns='jabber:client' xmlns:stream='${ns.streams}'>`,
  );
  const features = await next();
  if (!features.is('features', ns.streams) || features.getChild('starttls', ns.tls) === undefined)
    throw refused(domain);
  socket.write(`<starttls xmlns='${ns.tls}'/>`);
  const answer = await next();
  if (!answer.is('proceed', ns.tls)) throw refused(domain);
  if (next.more()) throw new StewardError('channelInsecure', `Somebody spoke for ${domain} in the clear`);
  socket.removeAllListeners('data');
}

const refused = (domain: string) =>
  new StewardError('channelInsecure', `No secure connection to ${domain}: it offers no STARTTLS`);

/** The library hangs these on the function; its types leave them out. */
const { Parser, escapeXML } = xml as unknown as {
  readonly Parser: new () => EventEmitter & { write(text: string): void };
  readonly escapeXML: (text: string) => string;
};

/** Gives the elements of a stream in the clear one by one. */
function elementsOf(socket: Socket): (() => Promise<Element>) & { more(): boolean } {
  const found: Element[] = [];
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  const fail = (error: Error) => {
    failure ??= error;
    wake();
  };
  const parser = new Parser();
  let bytes = 0;
  parser.on('element', (element: Element) => {
    found.push(element);
    wake();
  });
  parser.on('error', fail);
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) return fail(new RangeError('too long before TLS'));
    try {
      parser.write(chunk.toString('utf8'));
    } catch (error) {
      fail(error as Error);
    }
  });
  socket.once('close', () => fail(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  const next = async () => {
    while (found.length === 0 && failure === undefined) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (failure !== undefined) throw failure;
    return found.shift()!;
  };
  return Object.assign(next, { more: () => found.length > 0 });
}
