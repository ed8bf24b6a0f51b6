import type { AnswerSchema, ModelReply } from '../../../schemas/model-chat.ts';

/** What came out, fit for whoever asked. */
export type Adapted =
  | { readonly fits: true; readonly text: string; readonly object?: unknown }
  /** @param fault - what is wrong, without a word of the answer */
  | { readonly fits: false; readonly fault: string };

/**
 * Step 5, output: without thoughts; where an object was asked for, that object, checked here whoever made it. Pure.
 *
 * @source arXiv 2501.12948: models that think aloud put it between `<think>` and `</think>`
 */
export function adaptOutput({ text }: Pick<ModelReply, 'text'>, schema?: AnswerSchema): Adapted {
  const words = withoutThoughts(text);
  if (schema === undefined) return { fits: true, text: words };
  const object = objectIn(words);
  if (object === undefined) return { fits: false, fault: 'there is no JSON object in it' };
  const fault = schema.check(object);
  return fault === undefined ? { fits: true, text: words, object } : { fits: false, fault };
}

const withoutThoughts = (text: string) => {
  const end = text.lastIndexOf('</think>');
  return end === -1 ? text : text.slice(end + '</think>'.length);
};

/** Models put fences and prose around an object; what is between the outermost braces must be it. */
function objectIn(words: string): unknown {
  const begin = words.indexOf('{');
  const end = words.lastIndexOf('}');
  if (begin < 0 || end < begin) return undefined;
  try {
    return JSON.parse(words.slice(begin, end + 1));
  } catch {
    return undefined;
  }
}
