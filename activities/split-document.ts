import type { ChatDocument } from '../schemas/chat-document.ts';
import { cutBlock } from './cut-block.ts';
import { longestFit } from './cut-text.ts';
import { hasText, isSurelyLonger } from './measure-blocks.ts';
import { plainerBlock } from './plainer-block.ts';

type Fits = (part: ChatDocument) => boolean;

const leastChars = 40;

/**
 * The document in parts that a channel takes, in order. Blocks stay together where they fit; a block is cut only where
 * a part cannot hold it, and takes a plainer form where a part cannot hold even a piece of it. A heading is never the
 * last of a part but of the last. Blocks without text are left out, so that no part is empty.
 *
 * @param maxChars - UTF-16 code units that `render` may give for a part, at least 40; RangeError if less
 * @param render - how the channel renders a part: with every sign that can be seen, and a longer part no shorter
 */
export function splitDocument(
  document: ChatDocument,
  maxChars: number,
  render: (part: ChatDocument) => string,
): ChatDocument[] {
  if (!(maxChars >= leastChars))
    throw new RangeError(`Cannot split into ${maxChars} characters, expected ${leastChars}`);
  const fits: Fits = (part) => !isSurelyLonger(part, maxChars) && render(part).length <= maxChars;
  const parts: ChatDocument[] = [];
  let rest: ChatDocument = document.filter(hasText);
  while (rest.length > 0) {
    const [part, next] = takePart(rest, fits);
    parts.push(part);
    rest = next;
  }
  return parts;
}

function takePart(blocks: ChatDocument, fits: Fits): [part: ChatDocument, rest: ChatDocument] {
  const whole = longestFit(blocks.length, (count) => fits(blocks.slice(0, count)));
  const [together, next] = [blocks.slice(0, whole), blocks[whole]];
  if (next === undefined) return [together, []];
  const kept = together.slice(0, together.findLastIndex(({ kind }) => kind !== 'heading') + 1);
  if (kept.length === 0 || !fits([next])) {
    const [piece, ...rest] =
      cutBlock(
        next,
        (first) => fits([...together, first]),
        (first) => fits([first]),
      ) ?? [];
    if (piece !== undefined)
      return [
        [...together, piece],
        [...rest.filter(hasText), ...blocks.slice(whole + 1)],
      ];
  }
  if (kept.length > 0) return [kept, blocks.slice(kept.length)];
  return takePart(makePlainer(blocks, Math.max(0, whole - 1)), fits);
}

/** Only headings fit, or nothing: the last heading, or the block itself, takes a form that can end a part or be cut. */
function makePlainer(blocks: ChatDocument, at: number): ChatDocument {
  const block = blocks[at];
  const plainer = block && plainerBlock(block);
  if (plainer === undefined) throw new RangeError('Cannot split a document whose parts do not hold one character');
  return blocks.toSpliced(at, 1, ...plainer.filter(hasText));
}
