import { EventEmitter } from 'node:events';
import type { Client } from '@xmpp/client';
import type { Element } from './element.ts';
import { ns } from './xmpp-names.ts';
import type { XmppTimings } from './xmpp-timings.ts';

/** What the library keeps of stream management and its types leave out. */
type StreamManagement = EventEmitter & {
  enabled: boolean;
  timeout: number;
  requestAckInterval: number;
  requestAckDebounce: number;
};

/** Watches a stream: when it is lost, and which stanzas the server says it has. @source XEP-0198 */
export function watchStream(made: Client, timings: XmppTimings) {
  const lost = lossOf(made);

  const management = made.streamManagement as unknown as StreamManagement;
  management.timeout = timings.silenceMs;
  management.requestAckInterval = timings.silenceMs;
  management.requestAckDebounce = 10;

  const news = new EventEmitter();
  let offered = false;
  let refused = false;
  made.on('element', (element: Element) => {
    if (element.is('features', ns.streams)) offered = element.getChild('sm', ns.streamManagement) !== undefined;
    refused ||= element.is('failed', ns.streamManagement);
    // The library acts on the element after its listeners were told.
    setImmediate(() => news.emit('element'));
  });

  return {
    lost: lost.promise,
    guard: lost.guard,
    /** Waits until it is known whether the server acknowledges: what is sent before is not counted. */
    settled: async () => {
      while (offered && !refused && !management.enabled) {
        await new Promise<void>((resolve) => news.once('element', () => resolve()));
      }
    },
    sendAcknowledged: async (element: Element): Promise<boolean> => {
      if (!management.enabled) {
        await made.send(element);
        return false;
      }
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const hear = (acknowledged: Element) => acknowledged === element && resolve(true);
      management.on('ack', hear);
      // Without a server that answers this ends where the archive can still tell.
      const patience = setTimeout(() => resolve(false), timings.ackMs);
      try {
        await made.send(element);
        return await promise;
      } finally {
        clearTimeout(patience);
        management.off('ack', hear);
      }
    },
  };
}

/** When a stream is lost. What waits is told by a listener: on a promise that lives as long as the stream, reactions pile up. */
function lossOf(made: Client) {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  const waiting = new Set<(cause: unknown) => void>();
  let loss: { readonly cause: unknown } | undefined;
  const lose = (cause: unknown) => {
    loss ??= { cause };
    reject(cause);
    for (const tell of waiting) tell(cause);
  };
  made.on('error', lose);
  made.on('disconnect', () => lose(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  return {
    promise,
    /** Work that ends with the stream at the latest. */
    guard: async <T>(work: Promise<T>): Promise<T> => {
      const { promise: outcome, resolve, reject: fail } = Promise.withResolvers<T>();
      work.then(resolve, fail);
      if (loss !== undefined) fail(loss.cause);
      waiting.add(fail);
      try {
        return await outcome;
      } finally {
        waiting.delete(fail);
      }
    },
  };
}
