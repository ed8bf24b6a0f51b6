import { styleText } from 'node:util';
import { type FailureCode, failures, StewardError } from '../schemas/errors.ts';

/** Exit codes of every command. @source docs/design/home.md */
export const exitCodes = { ok: 0, failed: 1, usage: 2, notRunning: 3, unhealthy: 4 } as const;

/** Says whether the caller asked for JSON: then stdout carries one JSON value and nothing else. */
export function wantsJson(argv: readonly string[] = process.argv): boolean {
  const end = argv.indexOf('--');
  return argv.slice(2, end === -1 ? undefined : end).includes('--json');
}

/** Prints a result: as JSON where `--json` stands, for a person otherwise. */
export function printResult(value: unknown, human: string | (() => string)): void {
  const text = wantsJson() ? JSON.stringify(value, null, 2) : typeof human === 'string' ? human : human();
  if (text !== '') process.stdout.write(`${text}\n`);
}

/** Colours a word for a terminal that wants it; NO_COLOR and a pipe get plain text. */
export function paint(style: Parameters<typeof styleText>[0], text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** Lines up rows in columns, with a head. Pure. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  return all
    .map((row) => row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

/**
 * Prints a failure in the one form: what happened, and what a person can do. With `--json` the same as JSON.
 *
 * @returns the exit code
 */
export function printFailure(cause: unknown): number {
  const known = cause instanceof StewardError;
  const message = known || cause instanceof Error ? cause.message : String(cause);
  const remedy = known ? failures[cause.code].remedy : 'Run `steward doctor`, and read the logs with `steward logs`.';
  if (wantsJson())
    process.stdout.write(`${JSON.stringify({ error: known ? cause.code : 'internal', message, remedy })}\n`);
  process.stderr.write(`steward: ${message}\nremedy: ${remedy}\n`);
  if (!known && process.env.LOG_LEVEL === 'debug') process.stderr.write(`${(cause as Error).stack}\n`);
  return known ? exitCodeOf(cause.code) : exitCodes.failed;
}

function exitCodeOf(code: FailureCode): number {
  if (code === 'notRunning') return exitCodes.notRunning;
  return code === 'badInput' ? exitCodes.usage : exitCodes.failed;
}
