/** Width of a plain text mail. @source RFC 5322 2.1.1 recommends at most 78 */
const columns = 78;

/** Breaks a paragraph into lines of at most 78 columns; a word that is longer stays whole. */
export function wrapLines(text: string, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > columns) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return line === '' ? lines : [...lines, indent + line];
}
