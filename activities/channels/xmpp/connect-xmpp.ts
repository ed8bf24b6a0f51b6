import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { type Client, xml } from '@xmpp/client';
import type { XmppChannel } from '../../../schemas/channel-file.ts';
import { StewardError } from '../../../schemas/errors.ts';
import { clientOverSocket } from './client-over-socket.ts';
import type { Element } from './element.ts';
import { nameXmppFailure } from './name-xmpp-failure.ts';
import { openSocket } from './open-socket.ts';
import { watchStream } from './watch-stream.ts';
import { bareOf, domainOf } from './xmpp-names.ts';
import { type XmppTimings, xmppTimings } from './xmpp-timings.ts';

/** One connection that is logged in and has a resource. */
export interface XmppLink {
  /** The own bare JID: what is said by it comes from our server. */
  readonly account: string;
  readonly timings: XmppTimings;
  /** Rejects once the connection is gone, with channelBusy. Never resolves. */
  readonly lost: Promise<never>;
  send(element: Element): Promise<void>;
  /** Sends a stanza. @returns whether the server said that it has it; false where it cannot say so */
  sendAcknowledged(element: Element): Promise<boolean>;
  /** Asks, and gives the child that answers. @param to - the own server when left out */
  ask(type: 'get' | 'set', child: Element, to?: string): Promise<Element>;
  /** Hears every stanza that comes in. @returns how to stop hearing */
  onStanza(hear: (stanza: Element) => void): () => void;
  close(): Promise<void>;
}

/**
 * Connects and logs in, over TLS or not at all. Never connects again by itself.
 *
 * @throws channelBusy, channelLoginRefused, channelInsecure
 * @source RFC 6120
 */
export async function connectXmpp(
  channel: XmppChannel,
  signal: AbortSignal,
  timings: XmppTimings = xmppTimings,
): Promise<XmppLink> {
  const domain = domainOf(channel.jid);
  const patience = AbortSignal.any([signal, AbortSignal.timeout(timings.connectMs)]);
  let socket: TLSSocket | undefined;
  const cut = () => socket?.destroy();
  patience.addEventListener('abort', cut, { once: true });
  try {
    socket = await openSocket(channel, patience);
    const made = clientOverSocket(socket, {
      domain,
      username: bareOf(channel.jid).slice(0, -domain.length - 1),
      password: channel.password,
      resource: `steward-${randomBytes(6).toString('hex')}`,
      timeoutMs: timings.connectMs,
    });
    const stream = watchStream(made, timings);
    stream.lost.catch(() => socket?.destroy());
    await stream.guard(begin(made, domain));
    await stream.guard(stream.settled());
    return linkOver({ made, socket, stream, account: bareOf(channel.jid), timings });
  } catch (cause) {
    socket?.destroy();
    throw nameXmppFailure(cause, domain);
  } finally {
    patience.removeEventListener('abort', cut);
  }
}

/** As the library's `start()`, which leaves a rejection to nobody when the stream breaks before it is open. */
async function begin(made: Client, domain: string): Promise<void> {
  const online = new Promise<void>((resolve) => void made.once('online', () => resolve()));
  await made.connect(`xmpps://${domain}`);
  await made.open({ domain });
  await online;
}

interface Parts extends Pick<XmppLink, 'account' | 'timings'> {
  readonly made: Client;
  readonly socket: TLSSocket;
  readonly stream: ReturnType<typeof watchStream>;
}

function linkOver({ made, socket, stream, account, timings }: Parts): XmppLink {
  const domain = domainOf(account);
  const lost = stream.lost.catch((cause: unknown): never => {
    throw nameXmppFailure(cause, domain);
  });
  lost.catch(() => undefined);
  return {
    account,
    timings,
    lost,
    send: (element) => stream.guard(made.send(element)),
    sendAcknowledged: (element) => stream.guard(stream.sendAcknowledged(element)),
    ask: async (type, child, to) => {
      // An answer is matched by its id, so nobody else may be able to guess it.
      const attributes = { type, id: randomUUID(), ...(to === undefined ? {} : { to }) };
      const answer = await stream.guard<Element>(made.iqCaller.request(xml('iq', attributes, child), timings.askMs));
      const from = bareOf(answer.attrs.from ?? account);
      if (from !== (to === undefined ? account : bareOf(to)) && !(to === undefined && from === domain)) {
        throw new StewardError('channelBusy', `${domain} let somebody else answer for it`);
      }
      return answer.getChildElements()[0] ?? answer;
    },
    onStanza: (hear) => {
      made.on('stanza', hear);
      return () => made.off('stanza', hear);
    },
    close: async () => {
      if (!socket.destroyed) {
        const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
        socket.end('</stream:stream>');
        await Promise.race([closed, sleep(1_000, undefined, { ref: false })]);
      }
      socket.destroy();
    },
  };
}
