import type { MailSummary } from '../../schemas/digest.ts';
import type { ParsedMail } from '../../schemas/message.ts';
import type { Tainted } from '../../schemas/tainted.ts';
import { visibleLine } from '../../schemas/visible-text.ts';
import { withoutLinks } from '../without-links.ts';

/**
 * Takes a model's summary for what it is, text from outside: without links, Markdown images, tags or hidden characters. A
 * `due` that is not in the mail is dropped for the extractive one. Pure.
 *
 * @returns undefined where nothing is left of it
 */
export function cleanSummary(
  fields: Tainted<MailSummary>,
  mail: ParsedMail,
  extractive: MailSummary,
): MailSummary | undefined {
  const said = fields.forReading;
  const clean = (text: string, max: number) => visibleLine(withoutLinks(text), max);
  const what = clean(said.what, 400);
  if (what === '') return undefined;
  const due = clean(said.due, 120);
  return { what, ask: clean(said.ask, 300), due: isIn(due, mail) ? due : extractive.due };
}

function isIn(due: string, mail: ParsedMail): boolean {
  const plain = (text: string) => visibleLine(text).toLowerCase();
  return due === '' || plain(`${mail.subject}\n${mail.text}`).includes(plain(due));
}
