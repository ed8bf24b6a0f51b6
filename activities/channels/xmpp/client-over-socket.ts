import { EventEmitter } from 'node:events';
import { StringDecoder } from 'node:string_decoder';
import type { TLSSocket } from 'node:tls';
import { type Client, client } from '@xmpp/client';
import { StewardError } from '../../../schemas/errors.ts';
import { ns } from './xmpp-names.ts';

/** Bytes without a whole stanza among them; servers stop at a fraction of it. */
const maxStanzaBytes = 8 * 1_048_576;

interface Login {
  readonly domain: string;
  readonly username: string;
  readonly password: string;
  readonly resource: string;
  readonly timeoutMs: number;
}

/**
 * Makes a client that speaks over one socket that is secure already: it opens none of its own, follows no server to
 * another host and never connects again.
 *
 * @throws channelInsecure when the socket has no TLS
 */
export function clientOverSocket(socket: TLSSocket, { timeoutMs, ...login }: Login): Client {
  if (socket.encrypted !== true) {
    throw new StewardError('channelInsecure', `No secure connection to ${login.domain}: the socket has no TLS`);
  }
  const made = client({ service: `xmpps://${login.domain}`, timeout: timeoutMs, ...login });
  made.reconnect.stop();
  // One for each room and question; Node warns of more than ten.
  made.setMaxListeners(0);
  made.transports = [transportOver(made, readySocket(socket, made))] as unknown as Client['transports'];
  // It would go where it is sent, and throw where nobody catches when that is no host.
  Object.assign(made, { _onSeeOtherHost: async (error: Error) => void made.emit('error', error) });
  // Its own way takes four of its timeouts on a connection that is dead, and it is used on nothing else.
  made.disconnect = async () => void socket.destroy();
  // A stream that may be resumed lives on at the server after we are gone, and nobody comes back for it: we read the archive.
  const send = made.send.bind(made);
  made.send = (element, ...rest) => {
    if (element.is('enable', ns.streamManagement)) delete element.attrs.resume;
    return send(element, ...rest);
  };
  return made;
}

/** The library's own transport of TLS, with a socket that is there already. Only its prototype is ever used. */
function transportOver(made: Client, ready: object) {
  const overTls = made.transports.find((one) => one.prototype.socketParameters('xmpps://any.invalid') !== undefined);
  const Socket = function give() {
    return ready;
  };
  return { prototype: Object.assign(Object.create(overTls!.prototype), { socketParameters: () => ({}), Socket }) };
}

/** The socket in the shape that the library wants: it calls `connect` and waits for the event. */
function readySocket(socket: TLSSocket, made: Client) {
  const decoder = new StringDecoder('utf8');
  let bytes = 0;
  made.on('element', () => {
    bytes = 0;
  });
  const ready = Object.assign(new EventEmitter(), {
    secure: true,
    connect: () => void setImmediate(() => ready.emit('connect')),
    // Done at once: the library begins to listen for an answer when it is told so, and an answer may be there before a
    // socket says that it has written. What could not be written ends the socket.
    write: (data: string, done: () => void) => {
      socket.write(data);
      done();
    },
    end: () => void socket.end(),
  });
  // The library lets go of a socket that closed, and an error without a listener would end the process.
  ready.on('error', () => undefined);
  socket.on('error', (error) => ready.emit('error', error));
  socket.on('close', () => ready.emit('close'));
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    try {
      if (bytes > maxStanzaBytes) throw new RangeError('a stanza without an end');
      // Decoded here: the library decodes each chunk by itself and breaks a sign that lies across two.
      ready.emit('data', decoder.write(chunk));
    } catch (error) {
      // The parser throws where XML is broken, out of the socket's own event.
      socket.destroy(error as Error);
    }
  });
  return ready;
}
