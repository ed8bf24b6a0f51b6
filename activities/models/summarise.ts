import type { Clock } from '../../schemas/clock.ts';
import { mailSummary, type OpenSummariser, type SummarySource } from '../../schemas/digest.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { Files } from '../../schemas/file-set.ts';
import type { ParsedMail } from '../../schemas/message.ts';
import { visibleLine } from '../../schemas/visible-text.ts';
import { ownWords } from '../own-words.ts';
import { cleanSummary } from './clean-summary.ts';
import type { Extract } from './extract.ts';
import { summariseExtractive } from './summarise-extractive.ts';

interface SummariserDeps {
  readonly files: Pick<Files, 'current'>;
  readonly extract: Extract;
  readonly clock: Clock;
}

const task =
  'Answer in the language of the mail: "what" (one or two sentences, at most 300 characters), "ask" (what the mail asks ' +
  'of its reader, at most 200 characters, or ""), "due" (by when, copied word for word from the mail, or ""). No links, ' +
  'no Markdown.';

/**
 * Summaries under one contract: by a model where one answers with an object of the schema, else extractive. A model that
 * reads a mail has no tools, and sees no other mail.
 *
 * A summary never carries sender, subject or links: those come from the parsed mail, whatever a model says.
 */
export function makeSummariser({ files, extract, clock }: SummariserDeps): OpenSummariser {
  return (of) => {
    const { models } = files.current().models;
    // What is wrong now is not better with the next mail of the page.
    let fallback: NonNullable<SummarySource['fallback']> | undefined = models.length === 0 ? 'noModel' : undefined;
    return {
      async summarise(mail, { folded = false, account } = {}) {
        const extractive = summariseExtractive(mail, { now: clock.now() });
        if (folded) return { summary: extractive, source: { method: 'extractive' } };
        if (fallback !== undefined) return { summary: extractive, source: { method: 'extractive', fallback } };
        const localOnly = account !== undefined && files.current().channels.get(account)?.privacy === 'local-only';
        try {
          const { fields, model } = await extract({
            ...{
              kind: 'mail',
              source: mail.messageId ?? of.ref ?? 'a mail',
              task,
              name: 'mail_summary',
              fields: mailSummary,
              words: wordsOf(mail),
            },
            ...{ intent: 'summarise', for: { ...of, purpose: 'digest' }, optional: true, localOnly },
          });
          const summary = cleanSummary(fields, mail, extractive);
          if (summary !== undefined) return { summary, source: { method: 'model', model } };
          return { summary: extractive, source: { method: 'extractive', fallback: 'modelLied' } };
        } catch (error) {
          if (!(error instanceof StewardError) || !error.code.startsWith('model')) throw error;
          if (error.code === 'modelLied')
            return { summary: extractive, source: { method: 'extractive', fallback: 'modelLied' } };
          const why = error.code === 'modelNone' ? 'notAsked' : 'modelDown';
          // That these words must not leave says nothing of the next ones.
          if (!localOnly) fallback = why;
          return { summary: extractive, source: { method: 'extractive', fallback: why } };
        }
      },
    };
  };
}

const wordsOf = (mail: ParsedMail) => `Subject: ${visibleLine(mail.subject, 300)}\n\n${ownWords(mail.text)}`;
