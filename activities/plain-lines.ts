const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\p{Emoji_Presentation}]/u;

/** Columns that a text takes in a terminal: signs of East Asian scripts and emoji take two. @source UAX 11 */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const sign of text) columns += wide.test(sign) ? 2 : /\p{M}/u.test(sign) ? 0 : 1;
  return columns;
}

/**
 * Breaks a text into lines of at most `columns`, at blanks; a word that is longer is broken where it must be, an
 * address of one piece is not.
 *
 * @param first - stands before the first line; the others are set in by as much
 */
export function wrapLine(text: string, first = '', columns = 80): string[] {
  const indent = ' '.repeat(columnsOf(first));
  const room = columns - indent.length;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((piece) => breakWord(piece, room))) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (line !== '' && columnsOf(joined) > room) {
      lines.push(line);
      line = word;
    } else line = joined;
  }
  lines.push(line);
  return lines.map((one, at) => `${at === 0 ? first : indent}${one}`.trimEnd());
}

function breakWord(word: string, room: number): string[] {
  if (columnsOf(word) <= room || word.startsWith('mid:')) return [word];
  const pieces: string[] = [];
  let piece = '';
  for (const sign of word) {
    if (columnsOf(piece + sign) > room) {
      pieces.push(piece);
      piece = '';
    }
    piece += sign;
  }
  return [...pieces, piece];
}

/** A heading with a rule under it. */
export function headingLines(title: string): string[] {
  return ['', title.toUpperCase(), '-'.repeat(columnsOf(title)), ''];
}

/** `1 mail`, `2,000 mails`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
