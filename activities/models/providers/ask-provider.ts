import type { AskOne } from '../pipeline/generate.ts';
import { chatGguf } from './chat-gguf.ts';
import { chatOllama } from './chat-ollama.ts';
import { chatOpenai } from './chat-openai.ts';
import { chatResponses } from './chat-responses.ts';

/** Asks a model by its kind; fails with a `ModelFault`. */
export const askProvider: AskOne = (entry, ask, bounds) => {
  switch (entry.type) {
    case 'remote':
      return entry.api === 'responses' ? chatResponses(entry, ask, bounds) : chatOpenai(entry, ask, bounds);
    case 'ollama':
      return chatOllama(entry, ask, bounds);
    case 'gguf':
      return chatGguf(entry, ask, bounds);
  }
};
