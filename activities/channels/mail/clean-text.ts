/** Characters that show nothing but change what is shown or smuggle text: zero width, bidi controls, tags, selectors. @source Unicode TR36, TR39 */
const invisible =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|[\u{1d173}-\u{1d17a}]|[\u{e0000}-\u{e0fff}]/gu;
/** Joiners are letters' business in Persian, Indic scripts and emoji; anywhere else they hide something. */
const strayJoiner =
  /(?<![\p{M}\p{L}\p{Extended_Pictographic}])[\u200c\u200d]+|[\u200c\u200d]+(?![\p{L}\p{Extended_Pictographic}])|(?<=[A-Za-z])[\u200c\u200d]+/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is the purpose
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** Text of a body: line breaks stay, controls and invisible characters go, blank lines are folded to one. */
export function cleanText(text: string, maxChars: number): string {
  const lines = stripInvisible(text.slice(0, maxChars * 2).replace(/\r\n?/g, '\n'))
    .split('\n')
    .map((line) => line.trimEnd());
  return cut(lines.join('\n').replace(/\n{3,}/g, '\n\n').trim(), maxChars);
}

/** Text of one display field, such as a name or a subject: one line, no controls, nothing invisible. */
export function cleanLine(text: string, maxChars: number): string {
  const line = stripInvisible(text.slice(0, maxChars * 4).replace(/[\t\r\n\u2028\u2029]/g, ' '));
  return cut(line.replace(/\s{2,}/g, ' ').trim(), maxChars);
}

function stripInvisible(text: string): string {
  return text.toWellFormed().replace(controls, '').replace(invisible, '').replace(strayJoiner, '');
}

/** Cuts without leaving half of a surrogate pair. */
function cut(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : text.slice(0, maxChars).replace(/[\ud800-\udbff]$/, '');
}
