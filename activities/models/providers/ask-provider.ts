import type { AskOne } from '../pipeline/generate.ts';
import { chatOllama } from './chat-ollama.ts';
import { chatOpenai } from './chat-openai.ts';

/** Asks a model by its kind; fails with a `ModelFault`. */
export const askProvider: AskOne = (entry, ask, bounds) =>
  entry.type === 'ollama' ? chatOllama(entry, ask, bounds) : chatOpenai(entry, ask, bounds);
