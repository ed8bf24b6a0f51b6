import { limits } from '../../../schemas/protocol.ts';
import { visibleText } from '../../../schemas/visible-text.ts';
import { listOf, recordOf, textOf } from './json-value.ts';

/** What the content of a message says. */
export interface Words {
  readonly text: string;
  readonly incomplete?: string;
  /** User ids that the sender's client says are meant. */
  readonly mentions: readonly unknown[];
}

const attachments = new Set(['m.image', 'm.file', 'm.audio', 'm.video', 'm.location']);
/** Notices are what bots say, and two bots would never end. A request to verify is for clients. */
const silent = new Set(['m.notice', 'm.server_notice', 'm.key.verification.request']);
const known = new Set(['m.text', 'm.emote', ...attachments]);

/**
 * Reads the content of a message: visible characters only, cut to `limits.chatTextChars`, without the quotation that a
 * reply begins with. Pure. @returns undefined for what says nothing or is not meant for a bot
 */
export function readWords(content: Readonly<Record<string, unknown>>): Words | undefined {
  const [kind, body] = [textOf(content.msgtype), textOf(content.body)];
  if (kind === undefined || body === undefined || silent.has(kind)) return undefined;
  const reasons: string[] = [];
  if (attachments.has(kind)) reasons.push('An attachment came with it; attachments are not read yet.');
  if (!known.has(kind)) reasons.push('It is of a kind that is not known here.');
  const { text, cut } = cutText(attachments.has(kind) ? captionOf(content, body) : withoutFallback(content, body));
  if (cut) reasons.push(`It was longer than ${limits.chatTextChars} characters; the rest was left out.`);
  if (text === '' && reasons.length === 0) return undefined;
  const mentions = listOf(recordOf(content['m.mentions']).user_ids);
  return { text, mentions, ...(reasons.length === 0 ? {} : { incomplete: reasons.join(' ') }) };
}

/** The body is a caption only where the name of the file stands elsewhere. @source MSC2530 */
function captionOf(content: Readonly<Record<string, unknown>>, body: string): string {
  const name = textOf(content.filename);
  return name === undefined || name === body ? '' : body;
}

/** Older clients quote what they reply to in the body. @source spec.matrix.org/v1.12/client-server-api, 11.3 */
function withoutFallback(content: Readonly<Record<string, unknown>>, body: string): string {
  const isReply = recordOf(content['m.relates_to'])['m.in_reply_to'] !== undefined;
  if (!isReply || !/^> (?:\* )?<@/.test(body)) return body;
  const lines = body.split('\n');
  const first = lines.findIndex((line) => !line.startsWith('>'));
  return first === -1 ? '' : lines.slice(lines[first] === '' ? first + 1 : first).join('\n');
}

function cutText(body: string): { text: string; cut: boolean } {
  const most = limits.chatTextChars;
  // Twice as much may be looked at: what is hidden does not count, and a hostile body is not read to its end.
  const seen = visibleText(body.slice(0, most * 2)).trim();
  const cut = seen.length > most || body.length > most * 2;
  if (seen.length <= most) return { text: seen, cut };
  const last = seen.charCodeAt(most - 1);
  return { text: seen.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most), cut };
}
