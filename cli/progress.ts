import { wantsJson } from './print.ts';

/** Shows that something takes its time. All of it goes to stderr. */
export interface Progress {
  /** What is being done now. */
  step(text: string): void;
  /** Ends it well; without a text the line goes away. */
  done(text?: string): void;
  fail(text: string): void;
}

/** A spinner on a terminal, plain lines where there is none, silence with `--json`. */
export async function startProgress(first: string): Promise<Progress> {
  if (wantsJson()) return { step: () => undefined, done: () => undefined, fail: () => undefined };
  if (!process.stderr.isTTY) return plainProgress(first);
  const { default: ora } = await import('ora');
  const spinner = ora({ text: first, stream: process.stderr }).start();
  return {
    step: (text) => {
      spinner.text = text;
    },
    done: (text) => {
      if (text === undefined) spinner.stop();
      else spinner.succeed(text);
    },
    fail: (text) => {
      spinner.fail(text);
    },
  };
}

function plainProgress(first: string): Progress {
  let last = '';
  const line = (text: string | undefined) => {
    if (text === undefined || text === last) return;
    last = text;
    process.stderr.write(`${text}\n`);
  };
  line(first);
  return { step: line, done: line, fail: line };
}
