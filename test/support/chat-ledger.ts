import type { ChatChannel } from '../../schemas/channel-file.ts';
import type { ChatAdapter, ChatServing } from '../../schemas/chat-adapter.ts';
import type { IncomingMessage, TakenBack } from '../../schemas/chat-message.ts';

/** What an adapter finds behind it, kept in memory: cursors, messages once each, and what came back. */
export interface ChatLedger {
  readonly taken: readonly IncomingMessage[];
  readonly cursors: ReadonlyMap<string, string>;
  readonly takenBack: readonly TakenBack[];
  readonly cameBack: readonly string[];
  /** Who has read up to which of our messages. */
  readonly wereRead: readonly { readonly by: string; readonly id: string }[];
  /** How often a message was handed over that was here already. */
  readonly repeats: number;
  /** Where reading goes on, as if it had been read that far before. */
  setCursor(place: string, token: string): void;
  /** The next time that messages are taken, the ledger refuses them. */
  failNext(error: Error): void;
  /** The next time that messages are taken they are kept, and the answer never comes: as when the process is killed there. */
  hangNext(): void;
}

/** One connection of an adapter to its far side. */
export interface ChatSession extends AsyncDisposable {
  /** Resolves at the first `up()`, rejects when `serve()` ended before. */
  readonly up: Promise<void>;
  /** What `serve()` came to. */
  readonly ended: Promise<PromiseSettledResult<void>>;
  /** Asks for the end in good order. */
  abort(): void;
}

/** A ledger without messages, and how a connection is begun on it. @param reached - cursors that it has already */
export function chatLedger(reached: Iterable<readonly [string, string]> = []): ChatLedger & {
  serve<C extends ChatChannel>(adapter: ChatAdapter<C>, channel: C): ChatSession;
} {
  const cursors = new Map<string, string>(reached);
  const taken: IncomingMessage[] = [];
  const takenBack: TakenBack[] = [];
  const cameBack: string[] = [];
  const wereRead: { by: string; id: string }[] = [];
  const keys = new Set<string>();
  let repeats = 0;
  let fault: Error | 'hang' | undefined;
  const killed = new Error('killed');

  const take = async (signal: AbortSignal, ...[messages, move, back = []]: Parameters<ChatServing['take']>) => {
    const now = messages.length === 0 ? undefined : fault;
    if (now !== undefined) fault = undefined;
    if (now instanceof Error) throw now;
    for (const message of messages) {
      if (keys.has(message.dedupeKey)) repeats += 1;
      else taken.push(message);
      keys.add(message.dedupeKey);
    }
    takenBack.push(...back);
    if (move !== undefined) cursors.set(move.place, move.token);
    if (now === 'hang') await new Promise((_, reject) => signal.addEventListener('abort', () => reject(killed)));
  };

  return {
    taken,
    cursors,
    takenBack,
    cameBack,
    wereRead,
    get repeats() {
      return repeats;
    },
    setCursor: (place, token) => void cursors.set(place, token),
    failNext: (error) => {
      fault = error;
    },
    hangNext: () => {
      fault = 'hang';
    },
    serve: (adapter, channel) => {
      const stop = new AbortController();
      const up = Promise.withResolvers<void>();
      up.promise.catch(() => undefined);
      const serving = adapter.serve({
        channel,
        signal: stop.signal,
        cursor: async (place) => cursors.get(place),
        take: (...asked) => take(stop.signal, ...asked),
        cameBack: async (id) => {
          cameBack.push(id);
        },
        wasRead: async (by, id) => {
          wereRead.push({ by, id });
        },
        up: () => up.resolve(),
      });
      const ended = Promise.allSettled([serving]).then(([result]) => {
        up.reject(result.status === 'rejected' ? result.reason : new Error('serve() ended before it was up'));
        return result;
      });
      return {
        up: up.promise,
        ended,
        abort: () => stop.abort(),
        [Symbol.asyncDispose]: async () => {
          stop.abort();
          await ended;
        },
      };
    },
  };
}
