import type { Clock } from '../../schemas/clock.ts';
import { type MailSummary, mailSummary, type OpenSummariser, type SummarySource } from '../../schemas/digest.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { Files } from '../../schemas/file-set.ts';
import type { AnswerSchema, AskModel } from '../../schemas/model-chat.ts';
import { cleanSummary } from './clean-summary.ts';
import { answerSchema, quoteMail } from './quote-mail.ts';
import { summariseExtractive } from './summarise-extractive.ts';

interface SummariserDeps {
  readonly files: Pick<Files, 'current'>;
  readonly askModel: AskModel;
  readonly clock: Clock;
}

const schema: AnswerSchema = {
  name: 'mail_summary',
  json: answerSchema,
  check: (value) => {
    const issue = mailSummary.safeParse(value).error?.issues[0];
    return issue === undefined ? undefined : `${issue.path.join('.') || 'the object'} is ${issue.code}`;
  },
};

/**
 * Summaries under one contract: by a model where one answers with an object of the schema, else extractive. A model that
 * reads a mail has no tools, and sees no other mail.
 *
 * A summary never carries sender, subject or links: those come from the parsed mail, whatever a model says.
 */
export function makeSummariser({ files, askModel, clock }: SummariserDeps): OpenSummariser {
  return (of) => {
    const { models } = files.current().models;
    // What is wrong now is not better with the next mail of the page.
    let fallback: NonNullable<SummarySource['fallback']> | undefined = models.length === 0 ? 'noModel' : undefined;
    return {
      async summarise(mail, { folded = false, account } = {}) {
        const extractive = summariseExtractive(mail, { now: clock.now() });
        if (folded) return { summary: extractive, source: { method: 'extractive' } };
        if (fallback !== undefined) return { summary: extractive, source: { method: 'extractive', fallback } };
        const { instruction, quoted } = quoteMail(mail);
        const localOnly = account !== undefined && files.current().channels.get(account)?.privacy === 'local-only';
        try {
          const { object, model } = await askModel({
            messages: [
              { role: 'system', content: instruction },
              { role: 'user', content: quoted },
            ],
            ...{ tools: [], maxOutputTokens: 1_000, temperature: 0, schema },
            ...{ intent: 'summarise' as const, for: { ...of, purpose: 'digest' as const }, optional: true },
            localOnly,
          });
          const summary = cleanSummary(object as MailSummary, mail, extractive);
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
