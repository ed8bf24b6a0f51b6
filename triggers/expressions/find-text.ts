/** Up to here the machine's own search is as fast at its worst; it compares each character of a part at each place. */
const shortPart = 16;

/**
 * Where a part first stands in a text from a place on, or -1; as `indexOf`, in time that grows with the lengths and not
 * with their product, whatever they hold. Pure.
 *
 * @source Knuth, Morris and Pratt, "Fast Pattern Matching in Strings"
 */
export function findText(text: string, part: string, from = 0): number {
  if (part.length <= shortPart) return text.indexOf(part, from);
  return search(text, part, Math.max(from, 0), 1);
}

/** Where a part last stands in a text, at a place or before it, or -1; as `lastIndexOf`, and bounded as `findText`. Pure. */
export function findLastText(text: string, part: string, from = text.length): number {
  if (part.length <= shortPart) return text.lastIndexOf(part, from);
  // Read from the end, what is last comes first.
  const found = search(text, part, Math.max(0, text.length - part.length - Math.max(from, 0)), -1);
  return found === -1 ? -1 : text.length - part.length - found;
}

/** A text in parts, as `split`; bounded as `findText`. Pure. */
export function splitText(text: string, by: string): string[] {
  if (by.length <= shortPart) return text.split(by);
  const parts: string[] = [];
  let from = 0;
  for (let at = findText(text, by); at !== -1; at = findText(text, by, from)) {
    parts.push(text.slice(from, at));
    from = at + by.length;
  }
  return [...parts, text.slice(from)];
}

/** @param way - 1 from the beginning, -1 from the end; places count in that direction */
function search(text: string, part: string, begin: number, way: 1 | -1): number {
  if (text.length - begin < part.length) return -1;
  const [ofText, ofPart] = way === 1 ? [0, 0] : [text.length - 1, part.length - 1];
  const back = new Int32Array(part.length);
  for (let at = 1, fits = 0; at < part.length; at += 1) {
    const letter = part.charCodeAt(ofPart + way * at);
    while (fits > 0 && letter !== part.charCodeAt(ofPart + way * fits)) fits = back[fits - 1]!;
    if (letter === part.charCodeAt(ofPart + way * fits)) fits += 1;
    back[at] = fits;
  }
  for (let at = begin, fits = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(ofText + way * at);
    while (fits > 0 && letter !== part.charCodeAt(ofPart + way * fits)) fits = back[fits - 1]!;
    if (letter === part.charCodeAt(ofPart + way * fits)) fits += 1;
    if (fits === part.length) return at - part.length + 1;
  }
  return -1;
}
