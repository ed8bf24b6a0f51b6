import type { Logger } from 'pino';
import type { Clock } from '../../schemas/clock.ts';
import { type FailureCode, StewardError } from '../../schemas/errors.ts';
import type { Files } from '../../schemas/file-set.ts';
import type { AskModel, ModelAsk, ModelReply } from '../../schemas/model-chat.ts';
import type { ModelEntry } from '../../schemas/models-file.ts';
import { chatOllama } from './chat-ollama.ts';
import { chatOpenai } from './chat-openai.ts';
import { makeModelRests } from './model-rests.ts';

interface AskDeps {
  readonly files: Pick<Files, 'current'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
  /** For one answer; 120 s when left out. */
  readonly timeoutMs?: number;
}

/** Makes what asks the models of `models.yaml`, as the file stands at each question. */
export function makeAskModel({ files, clock, log, timeoutMs = 120_000 }: AskDeps): AskModel {
  const resting = makeModelRests(clock);
  return async (ask) => {
    const entries = files.current().models.models;
    const rested = entries.filter(({ name }) => !resting.rests(name));
    let failure = new StewardError('modelBusy', 'Cannot ask a model: none is set up');
    // Where all rest, one that may have come back is better than none.
    for (const entry of rested.length > 0 ? rested : entries) {
      let spoken = false;
      const onText = (text: string) => {
        spoken = true;
        ask.onText?.(text);
      };
      try {
        const reply = await askOne(entry, { ...ask, onText }, timeoutMs);
        return { ...reply, model: entry.name, cost: costOf(entry, reply) };
      } catch (cause) {
        ask.signal?.throwIfAborted();
        failure = cause instanceof StewardError ? cause : new StewardError('modelBusy', `Cannot ask ${entry.name}`);
        const code: FailureCode = failure.code;
        log.warn({ model: entry.name, code }, 'a model gave no answer');
        resting.begin(entry.name, code);
        // Two models in one sentence are worse than a late one.
        if (spoken) break;
      }
    }
    throw failure;
  };
}

function askOne(entry: ModelEntry, ask: ModelAsk, timeoutMs: number): Promise<ModelReply> {
  return entry.type === 'ollama' ? chatOllama(entry, ask, timeoutMs) : chatOpenai(entry, ask, timeoutMs);
}

function costOf({ price }: ModelEntry, { tokens }: ModelReply): number {
  return price === undefined ? 0 : (tokens.input * price.input + tokens.output * price.output) / 1_000_000;
}
