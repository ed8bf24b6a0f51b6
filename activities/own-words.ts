import { visibleText } from '../schemas/visible-text.ts';

/** Headers that programs put above a quotation, in the languages seen most. One match ends the sender's own words. */
const quotationBegins = [
  /^-{2,}\s*(?:original message|ursprüngliche nachricht|forwarded message|weitergeleitete nachricht|message d'origine|mensaje original)\s*-{0,20}\s*$/iu,
  /^_{10,}\s*$/u,
  /^(?:on|am|le|el|il|op)\s.{5,160}(?:wrote|writes|schrieb|a écrit|escribió|ha scritto|schreef)\s?:?.{0,80}:?\s*$/iu,
  /^.{2,80}\s(?:wrote|schrieb|a écrit|写道)\s?[:：]\s*$/iu,
];
const forwardedHeader = /^\*?(?:from|von|de|da|发件人|差出人)\s?[:：]\*?\s.{2,}/iu;
const followsForwarded = /^\*?(?:sent|date|gesendet|datum|to|an|subject|betreff|envoyé|发送时间|送信日時)\s?[:：]/iu;
const mobileSignature =
  /^(?:sent from|get outlook|gesendet mit|gesendet von|von meinem .{2,30} gesendet|diese nachricht wurde von|envoyé de|enviado desde)\b.{0,80}$/iu;
const greeting =
  /^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|liebe[rs]?|guten (?:tag|morgen|abend)|sehr geehrte[rs]?|moin|servus|bonjour|hola|ciao)\b[^.!?\n]{0,60}[,!.:]?\s*$/iu;
const closing =
  /^(?:best|kind|warm|many)?\s?(?:regards|wishes|thanks|thank you|cheers|sincerely|yours(?: \w+)?|viele grüße|liebe grüße|beste grüße|schöne grüße|herzliche grüße|mit freundlichen grüßen|freundliche grüße|mfg|lg|vg|gruß|danke|vielen dank|cordialement|saludos)\b[^\n]{0,40}$/iu;

/**
 * What the sender wrote in this mail: quotations, signature, greeting and closing are taken off, hidden characters too.
 * When nothing is left (a bare forward), the quoted words are given instead. Linear in the length of the text.
 */
export function ownWords(text: string): string {
  const own = writtenHere(text);
  if (own.trim() !== '') return own;
  return visibleText(text)
    .split('\n')
    .map((line) => line.replace(/^[>\s|]+/u, ''))
    .filter((line) => !quotationBegins.some((begin) => begin.test(line)) && !isMailHeader(line))
    .join('\n');
}

/** The same, and nothing where the sender wrote nothing: quoted and forwarded words are never the sender's. */
export function writtenHere(text: string): string {
  return trimClosing(dropGreeting(untilQuotation(visibleText(text).split('\n')))).join('\n');
}

function untilQuotation(lines: readonly string[]): string[] {
  const own: string[] = [];
  for (const [at, line] of lines.entries()) {
    const next = lines[at + 1] ?? '';
    if (/^--\s?$/u.test(line) || mobileSignature.test(line.trim())) break;
    if (line.length < 300 && quotationBegins.some((begin) => begin.test(line.trim()))) break;
    // The date of "On Monday, 3 May 2026 at 12:00, Ann <ann@x> / wrote:" is often wrapped over two lines.
    if (line.length < 200 && next.length < 120 && /^\s*(?:on|am|le)\s/iu.test(line) && splitOver(line, next)) break;
    if (forwardedHeader.test(line) && lines.slice(at + 1, at + 4).some((after) => followsForwarded.test(after))) break;
    if (!/^\s{0,3}>/u.test(line)) own.push(line);
  }
  return own;
}

const splitOver = (line: string, next: string) =>
  /(?:wrote|schrieb|a écrit)\s?.{0,60}:\s*$/iu.test(next) && quotationBegins[2]?.test(`${line.trim()} ${next.trim()}`);

const isMailHeader = (line: string) => line.length < 300 && (forwardedHeader.test(line) || followsForwarded.test(line));

function dropGreeting(lines: string[]): string[] {
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first < 0 || !greeting.test((lines[first] ?? '').trim())) return lines;
  return lines.slice(first + 1);
}

function trimClosing(lines: string[]): string[] {
  const filled = lines.flatMap((line, at) => (line.trim() === '' ? [] : [at])).slice(-6);
  const end = filled.find((at, nth) => (nth > 0 || filled.length < 6) && closing.test((lines[at] ?? '').trim()));
  // A mail that is nothing but thanks still says thanks.
  if (end === undefined || !lines.slice(0, end).some((line) => line.trim() !== '')) return lines;
  return lines.slice(0, end);
}
