const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * The greatest count from 0 to `total` that fits, where less of something fits whenever more of it does.
 *
 * @returns 0 where not even one fits; 0 itself is not asked for
 */
export function longestFit(total: number, fits: (count: number) => boolean): number {
  let most = 0;
  let step = 1;
  while (most + step <= total && fits(most + step)) {
    most += step;
    step *= 2;
  }
  for (; step >= 1; step /= 2) if (most + step <= total && fits(most + step)) most += step;
  return most;
}

/**
 * Where to cut a text so that what is before fits: between graphemes, or between code points where the first grapheme
 * is too long for any part.
 *
 * @returns code units before the cut, 0 where nothing fits
 */
export function cutPoint(text: string, fits: (at: number) => boolean): number {
  const most = longestFit(text.length, fits);
  if (most === text.length) return most;
  let at = graphemeStart(text, most);
  while (at > 0 && !fits(at)) at = graphemeStart(text, at - 1);
  if (at > 0) return at;
  at = pointStart(text, most);
  while (at > 0 && !fits(at)) at = pointStart(text, at - 1);
  return at;
}

/** The same at the last blank where there is one. A shorter text may render longer, so each blank is tried. */
export function wordCutPoint(text: string, fits: (at: number) => boolean): number {
  const most = cutPoint(text, fits);
  let at = wordStart(text, most);
  while (at > 0 && at < most && !fits(at)) at = wordStart(text, at - 1);
  return at > 0 ? at : most;
}

/** The last start of a word that is not after `at` and has one before it; `at` where it is at a blank or there is none. */
function wordStart(text: string, at: number): number {
  const blank = /\s/;
  if (at >= text.length || blank.test(text[at] ?? '')) return at;
  let start = at;
  while (start > 0 && !blank.test(text[start - 1] ?? '')) start -= 1;
  return text.slice(0, start).trim() === '' ? at : start;
}

function graphemeStart(text: string, at: number): number {
  if (at >= text.length) return text.length;
  // The segmenter copies what it is given, and looks no further ahead than the next boundary.
  return graphemes.segment(text.slice(0, at + 64)).containing(at)?.index ?? 0;
}

function pointStart(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  const before = text.charCodeAt(at - 1);
  return unit >= 0xdc00 && unit <= 0xdfff && before >= 0xd800 && before <= 0xdbff ? at - 1 : at;
}
