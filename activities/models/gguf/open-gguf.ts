import { open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { ModelFault } from '../providers/name-outcome.ts';
import { type GgufModel, loadRuntime } from './llama-runtime.ts';
import type {
  Llama,
  LlamaChat,
  LlamaContext,
  LlamaEmbeddingContext,
  LlamaModel,
  LlamaSequence,
} from './runtime-types.ts';

/** A model in the memory of this process. */
export interface OpenGguf {
  readonly llama: Llama;
  readonly model: LlamaModel;
  /** What it speaks with, made when first asked for. */
  speaking(): Promise<Speaking>;
  /** What makes vectors, made when first asked for. */
  embedding(): Promise<LlamaEmbeddingContext>;
}

interface Speaking {
  readonly context: LlamaContext;
  readonly sequence: LlamaSequence;
  readonly chat: LlamaChat;
}

interface Held {
  readonly opened: Promise<OpenGguf>;
  /** What asks it or waits for it. */
  users: number;
  /** Ends when the one before has. */
  turn: Promise<unknown>;
  closing?: NodeJS.Timeout;
}

/** More takes memory that nobody asked for; `can.context` says otherwise. */
export const contextTokens = 8_192;
const held = new Map<string, Held>();

/**
 * Lets one after another use a model, which is loaded when first asked and let go of when nobody has asked for
 * `keepMinutes`. Fails with a `ModelFault` where it cannot be loaded.
 */
export async function useGguf<T>(entry: GgufModel, work: (gguf: OpenGguf) => Promise<T>): Promise<T> {
  const named = JSON.stringify([entry.path, entry.gpu, entry.threads, entry.can.context]);
  const own = held.get(named) ?? { opened: openGguf(entry), users: 0, turn: Promise.resolve() };
  held.set(named, own);
  own.users += 1;
  clearTimeout(own.closing);
  const result = own.turn.then(async () => await work(await own.opened));
  own.turn = result.catch(() => undefined);
  try {
    return await result;
  } finally {
    own.users -= 1;
    if (own.users === 0) own.closing = setTimeout(() => close(named, own), entry.keepMinutes * 60_000).unref();
    // What could not be loaded may be there at the next question.
    await own.opened.catch(() => held.get(named) === own && held.delete(named));
  }
}

function close(named: string, own: Held): void {
  if (held.get(named) === own) held.delete(named);
  // Whoever asks meanwhile loads it anew.
  own.opened.then(
    async ({ model, llama }) => {
      await model.dispose();
      await llama.dispose();
    },
    () => undefined,
  );
}

async function openGguf({ name, path, gpu, threads, can }: GgufModel): Promise<OpenGguf> {
  if (!(await isGguf(path))) throw new ModelFault('noModel', { why: `${path} is no GGUF file that can be read` });
  const runtime = await loadRuntime(process.env, gpu);
  if (runtime === undefined)
    throw new ModelFault('noModel', {
      why: `what runs GGUF files is not there: \`steward models pull ${name}\` fetches it`,
    });
  const { getLlama, LlamaChat } = runtime;
  try {
    const llama = await getLlama({
      ...{ gpu: gpu === 'none' ? false : gpu, build: 'never', skipDownload: true, progressLogs: false },
      // Threads that wait for each other on a busy core are slower than one less.
      ...{ maxThreads: threads ?? Math.max(1, availableParallelism() - 1), logLevel: 'error' },
    });
    const model = await llama.loadModel({ modelPath: path });
    const speaking = once(async () => {
      const context = await model.createContext({ contextSize: can.context ?? { max: contextTokens }, sequences: 1 });
      const contextSequence = context.getSequence();
      return {
        ...{ context, sequence: contextSequence },
        chat: new LlamaChat({ contextSequence, autoDisposeSequence: false }),
      };
    });
    const embedding = once(() => model.createEmbeddingContext({ contextSize: { max: contextTokens } }));
    return { llama, model, speaking, embedding };
  } catch (cause) {
    throw unloadable(cause);
  }
}

const unloadable = (cause: unknown) =>
  new ModelFault('noModel', { why: `it cannot be loaded: ${(cause as Error).message.slice(0, 200)}` });

/** Makes something when it is first asked for; what failed is made anew at the next question. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((cause: unknown) => {
      made = undefined;
      throw unloadable(cause);
    });
    return made;
  };
}

/** @source github.com/ggml-org/ggml/blob/master/docs/gguf.md: a file begins with these four bytes */
async function isGguf(path: string): Promise<boolean> {
  try {
    await using file = await open(path);
    const { buffer } = await file.read({ buffer: Buffer.alloc(4) });
    return buffer.toString('latin1') === 'GGUF';
  } catch {
    return false;
  }
}
