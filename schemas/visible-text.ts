/** Format characters, fillers and variation selectors: what Unicode says shows nothing, and the blank of Braille. @source UTR 36 */
const hidden = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu;
const controls = /(?![\n\t])[\p{Cc}\u2028\u2029]/gu;
/** Scripts and emoji whose shape a joiner between two of them decides. */
const joined = /^(?:\p{Script=Arabic}|\p{Script=Devanagari}|\p{Script=Bengali}|\p{Extended_Pictographic})$/u;

/**
 * What a person would see of a text from outside: bidi controls, zero-width and tag characters, fillers and control
 * characters are gone, lone surrogates become U+FFFD. Joiners stay where a script or an emoji needs them. Lines stay
 * lines, everything else is unchanged. Linear; may be repeated.
 */
export function visibleText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(controls, ' ')
    .replace(hidden, (sign, at: number, whole: string) => (isNeeded(sign, at, whole) ? sign : ''));
}

function isNeeded(sign: string, at: number, whole: string): boolean {
  if (sign === '\ufe0e' || sign === '\ufe0f')
    return /[\p{Emoji}\udc00-\udfff]$/u.test(whole.slice(Math.max(0, at - 2), at));
  if ((sign !== '\u200c' && sign !== '\u200d') || at === 0) return false;
  const next = whole.codePointAt(at + 1);
  return next !== undefined && joined.test(String.fromCodePoint(next));
}

/** The same on one line: every run of blanks is one space. @param max - characters at most; the rest becomes an ellipsis */
export function visibleLine(text: string, max = Number.POSITIVE_INFINITY): string {
  const line = visibleText(text).replace(/\s+/gu, ' ').trim();
  return line.length <= max ? line : clip(line, max);
}

function clip(line: string, max: number): string {
  const cut = line
    .slice(0, max - 1)
    .toWellFormed()
    .replace(/\ufffd$/, '');
  const space = cut.lastIndexOf(' ');
  return `${(space > max * 0.6 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
