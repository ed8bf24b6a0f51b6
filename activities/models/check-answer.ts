import { type MailSummary, mailSummary } from '../../schemas/digest.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { ParsedMail } from '../../schemas/message.ts';
import { visibleLine } from '../../schemas/visible-text.ts';
import { withoutLinks } from '../without-links.ts';

/**
 * Takes a model's answer for what it is, text from outside: one JSON object that keeps to `mailSummary`, without links,
 * Markdown images, tags or hidden characters. A `due` that is not in the mail is dropped for the extractive one.
 *
 * @throws modelLied when it is no such object
 */
export function checkAnswer(answer: string, mail: ParsedMail, extractive: MailSummary): MailSummary {
  const parsed = mailSummary.safeParse(objectIn(answer));
  if (!parsed.success) {
    const at = parsed.error.issues[0];
    throw new StewardError('modelLied', `Cannot use the answer: ${at?.path.join('.') || 'object'} is ${at?.code}`);
  }
  const clean = (text: string, max: number) => visibleLine(withoutLinks(text), max);
  const what = clean(parsed.data.what, 400);
  if (what === '') throw new StewardError('modelLied', 'Cannot use the answer: what is empty, expected a sentence');
  const due = clean(parsed.data.due, 120);
  return { what, ask: clean(parsed.data.ask, 300), due: isIn(due, mail) ? due : extractive.due };
}

/** Models put fences, thoughts and prose around the object; what is between the outermost braces must be it. */
function objectIn(answer: string): unknown {
  const from = answer.lastIndexOf('</think>') + 1;
  const begin = answer.indexOf('{', from);
  const end = answer.lastIndexOf('}');
  if (begin < 0 || end < begin) return undefined;
  try {
    return JSON.parse(answer.slice(begin, end + 1));
  } catch {
    return undefined;
  }
}

function isIn(due: string, mail: ParsedMail): boolean {
  const plain = (text: string) => visibleLine(text).toLowerCase();
  return due === '' || plain(`${mail.subject}\n${mail.text}`).includes(plain(due));
}
