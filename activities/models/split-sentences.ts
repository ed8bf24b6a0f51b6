/** Words that end in a dot without ending a sentence. */
const abbreviations =
  /(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|nr|no|vs|etc|e\.g|i\.e|approx|dept|inc|ltd|z\.\s?b|u\.\s?a|d\.\s?h|bzw|ca|evtl|ggf|inkl|usw|str|tel|abs|[a-zäöü]|(?:\d{1,2}\.)?\d{1,2})\.$/iu;
const bullet = /^\s*(?:[-*•·–]|\d{1,2}[.)])\s+/u;
const ends = /[.!?…]["'”’»)\]]*(?=\s)|[。！？｡][」』”）]*/gu;

/**
 * Sentences in their order. Wrapped lines are joined, list items and paragraphs stand alone, sentence enders of
 * Chinese and Japanese need no blank behind them. Linear.
 *
 * @param max - sentences at most; the rest of the text is not looked at
 */
export function splitSentences(text: string, max = 400): string[] {
  const sentences: string[] = [];
  for (const block of blocks(text)) {
    for (const sentence of inBlock(block)) {
      const tidy = sentence.replace(/\s+/gu, ' ').trim();
      if (/[\p{L}\p{N}]/u.test(tidy)) sentences.push(tidy);
      if (sentences.length >= max) return sentences;
    }
  }
  return sentences;
}

function* blocks(text: string): Generator<string> {
  let open = '';
  let longest = 0;
  for (const line of text.split('\n')) {
    const stands = line.trim() === '' || bullet.test(line) || /^\s*[#=*_-]{3,}\s*$/u.test(line);
    // A line far shorter than those before it was ended by hand: a heading, an address, a row of a table.
    const endedByHand = open !== '' && longest < 48 && /[.!?:。！？]\s*$/u.test(open);
    if (open !== '' && (stands || endedByHand)) {
      yield open;
      open = '';
      longest = 0;
    }
    if (line.trim() === '') continue;
    open = open === '' ? line.replace(bullet, '') : `${open} ${line}`;
    longest = Math.max(longest, line.length);
  }
  if (open !== '') yield open;
}

function* inBlock(block: string): Generator<string> {
  let from = 0;
  for (const match of block.matchAll(ends)) {
    const end = match.index + match[0].length;
    if (match[0].startsWith('.') && abbreviations.test(block.slice(Math.max(from, end - 12), end))) continue;
    yield block.slice(from, end);
    from = end;
  }
  yield block.slice(from);
}
