import type { Logger } from 'pino';
import type { Clock } from '../../schemas/clock.ts';
import type { MailSummary, OpenSummariser, SummarySource } from '../../schemas/digest.ts';
import { type FailureCode, StewardError } from '../../schemas/errors.ts';
import type { Files } from '../../schemas/file-set.ts';
import type { ParsedMail } from '../../schemas/message.ts';
import type { ModelEntry } from '../../schemas/models-file.ts';
import { callOllama } from './call-ollama.ts';
import { callOpenai } from './call-openai.ts';
import { checkAnswer } from './check-answer.ts';
import { makeModelRests } from './model-rests.ts';
import { quoteMail } from './quote-mail.ts';
import { summariseExtractive } from './summarise-extractive.ts';

interface SummariserDeps {
  readonly files: Pick<Files, 'current'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
  /** For one answer; 60 s when left out. */
  readonly timeoutMs?: number;
}

/** One mail may talk a model into nonsense; the model is at fault when several in a row do. */
const liesInARow = 3;

/**
 * Summaries under one contract: the models of `models.yaml` in their order, and the extractive summary whenever none
 * gives an answer that keeps to the schema. Decides per page, so that a change of the file counts from the next page on.
 *
 * A summary never carries sender, subject or links: those come from the parsed mail, whatever a model says.
 */
export function makeSummariser({ files, clock, log, timeoutMs = 60_000 }: SummariserDeps): OpenSummariser {
  const resting = makeModelRests(clock);
  const lies = new Map<string, number>();

  async function ask(entry: ModelEntry, mail: ParsedMail, extractive: MailSummary): Promise<MailSummary> {
    const question = quoteMail(mail);
    const answer =
      entry.type === 'ollama'
        ? await callOllama(entry, question, timeoutMs)
        : await callOpenai(entry, question, timeoutMs);
    return checkAnswer(answer, mail, extractive);
  }

  /** @returns whether the model is to be left alone from now on */
  function judge(entry: ModelEntry, code: FailureCode): boolean {
    const inARow = code === 'modelLied' ? (lies.get(entry.name) ?? 0) + 1 : 0;
    lies.set(entry.name, inARow);
    log.warn({ model: entry.name, code, inARow }, 'a model gave no usable summary');
    if (code === 'modelLied' && inARow < liesInARow) return false;
    resting.begin(entry.name, code);
    return true;
  }

  return () => {
    const all = files.current().models.models;
    const usable = new Set(all.filter(({ name }) => !resting.rests(name)));
    return {
      async summarise(mail, { folded = false } = {}) {
        const extractive = summariseExtractive(mail, { now: clock.now() });
        if (folded) return { summary: extractive, source: { method: 'extractive' } };
        let fallback: NonNullable<SummarySource['fallback']> = all.length === 0 ? 'noModel' : 'modelDown';
        for (const entry of usable) {
          try {
            const summary = await ask(entry, mail, extractive);
            lies.set(entry.name, 0);
            return { summary, source: { method: 'model', model: entry.name } };
          } catch (cause) {
            const code = cause instanceof StewardError ? cause.code : 'modelBusy';
            if (judge(entry, code)) usable.delete(entry);
            fallback = code === 'modelLied' ? 'modelLied' : fallback;
          }
        }
        return { summary: extractive, source: { method: 'extractive', fallback } };
      },
    };
  };
}
