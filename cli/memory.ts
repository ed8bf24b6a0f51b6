import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { StewardError } from '../schemas/errors.ts';
import { factKinds } from '../schemas/fact-kinds.ts';
import { factCode } from '../schemas/memory.ts';
import { visibleLine } from '../schemas/visible-text.ts';
import { apiClient } from './api-client.ts';
import { localHere } from './local-time.ts';
import { registerCarry } from './memory-carry.ts';
import { registerReviews } from './memory-reviews.ts';
import { registerSaid } from './memory-said.ts';
import { printResult, table } from './print.ts';

interface Version {
  readonly id: string;
  readonly version: number;
  readonly change: string;
  readonly text?: string;
  readonly origin: string;
  readonly channel: string;
  readonly recordedAt: string;
}
type Found = Version & { readonly text: string; readonly why: readonly string[] };

interface Given {
  readonly from?: string;
  readonly until?: string;
  readonly kind?: string;
  readonly name?: readonly string[];
  readonly scope?: readonly string[];
  readonly pin?: boolean;
}
const saidOf = ({ kind, name: names, scope: scopes, pin: pinned, from, until }: Given) => ({
  ...(from && { validFrom: instantOf('--from', from) }),
  ...(until && { validTo: instantOf('--until', until) }),
  ...(kind && { kind }),
  ...(names && { names }),
  ...(scopes && { scopes }),
  ...(pinned === undefined ? {} : { pinned }),
});

const path = '/api/v1/memory';
const at = (id: string) => `${path}/${encodeURIComponent(id)}`;

/** `steward memory`: what you told, found, corrected and taken back. */
export function register(program: Command): void {
  const memory = program
    .command('memory')
    .description('what you told Steward, what was said, and the nightly reviews')
    .action(async () => await recall([], {}));
  memory
    .command('list')
    .description('all that is believed, newest first')
    .option('--as-of <instant>', 'as it was believed then, such as 2026-11-01T12:00:00Z')
    .action(async (given: { asOf?: string }) => await recall([], given));
  memory
    .command('recall')
    .description('what has to do with something, best first, and why it was found')
    .argument('<question...>')
    .option('--as-of <instant>', 'as it was believed then')
    .option('--on <day>', 'only what held then, whenever it was said')
    .option('--scope <scope>', 'only what holds there, such as work, and everywhere')
    .action(recall);
  memory
    .command('remember')
    .description('keep a fact')
    .argument('<text...>')
    .option('--kind <kind>', factKinds.join(', '))
    .option('--name <name...>', 'of what it is about: a question that names one is told of it')
    .option('--scope <scope...>', 'where it holds, such as work; everywhere when left out')
    .option('--from <day>', 'from when on it holds, such as 2026-03-01')
    .option('--until <day>', 'until when it holds')
    .option('--pin', 'have it thought of at each question')
    .action(async (text: string[], given: Given) => {
      const body = { text: text.join(' '), ...saidOf(given) };
      const kept = await apiClient().post<{ fact: Version; against: Version[] }>(path, body);
      printResult(kept, () => [`Noted as ${factCode(kept.fact.id)}.`, ...kept.against.map(describeAgainst)].join('\n'));
    });
  memory
    .command('correct')
    .description('say otherwise what a fact says; the version before stays on record')
    .arguments('<fact> [text...]')
    .option('--kind <kind>', factKinds.join(', '))
    .option('--name <name...>', 'in the place of the names before')
    .option('--scope <scope...>', 'in the place of the scopes before')
    .option('--from <day>', 'from when on it holds, such as 2026-03-01')
    .option('--until <day>', 'until when it holds')
    .option('--pin', 'have it thought of at each question')
    .option('--no-pin', 'have it thought of when it is named')
    .action(async (id: string, text: string[], given: Given) => {
      const body = { ...(text.length === 0 ? {} : { text: text.join(' ') }), ...saidOf(given) };
      const { fact } = await apiClient().post<{ fact: Version }>(`${at(id)}/correct`, body);
      printResult({ fact }, `${factCode(fact.id)} says from now on: ${visibleLine(fact.text ?? '')}`);
    });
  memory
    .command('forget')
    .description('destroy the key of a fact: no version of it can be read again')
    .argument('<fact>')
    .action(async (id: string) => printResult(await apiClient().delete<{ id: string }>(at(id)), `${id} is forgotten.`));
  memory
    .command('restore')
    .description('have a fact say again what it said, also one that a review put aside')
    .argument('<fact>')
    .option('--to <version>', 'the version that counts again; the last of your own when left out')
    .action(async (id: string, { to }: { to?: string }) => {
      const body = to === undefined ? {} : { version: Number(to) };
      const { fact } = await apiClient().post<{ fact: Version }>(`${at(id)}/restore`, body);
      printResult({ fact }, `${factCode(fact.id)} says from now on: ${visibleLine(fact.text ?? '')}`);
    });
  registerReviews(memory);
  registerSaid(memory);
  registerCarry(memory);
  memory
    .command('draw')
    .description('how many facts were believed day by day, as SVG')
    .argument('<file>')
    .action(async (file: string) => {
      writeFileSync(file, await apiClient().getText(`${path}/picture`));
      printResult({ file }, `Drawn into ${file}`);
    });
  memory
    .command('history')
    .description('all versions of a fact, oldest first')
    .argument('<fact>')
    .action(async (id: string) => {
      const page = await apiClient().get<{ versions: Version[] }>(at(id));
      const rows = page.versions.map(({ version, change, text, channel, recordedAt }) => [
        ...[`${version}`, change, visibleLine(text ?? '-', 80), localHere(recordedAt), channel],
      ]);
      printResult(page, () => table(['VERSION', 'WHAT', 'WORDS', 'WHEN', 'BY'], rows));
    });
}

async function recall(
  question: readonly string[],
  { asOf, on, scope }: { readonly asOf?: string; readonly on?: string; readonly scope?: string },
): Promise<void> {
  const query = new URLSearchParams({
    ...(question.length === 0 ? {} : { question: question.join(' ') }),
    ...(asOf === undefined ? {} : { asOf: instantOf('--as-of', asOf) }),
    ...(on === undefined ? {} : { on: instantOf('--on', on) }),
    ...(scope === undefined ? {} : { scope }),
  });
  const page = await apiClient().get<{ facts: Found[] }>(`${path}?${query}`);
  printResult(page, () => describeFacts(page.facts, question.length > 0));
}

function describeFacts(facts: readonly Found[], asked: boolean): string {
  if (facts.length === 0) return asked ? 'You have told nothing of that.' : 'You have told nothing yet.';
  const rows = facts.map(({ id, text, recordedAt, channel, why }) => [
    ...[factCode(id), visibleLine(text, 80), localHere(recordedAt), channel, ...(asked ? [why.join('; ')] : [])],
  ]);
  return table(['FACT', 'WHAT YOU TOLD', 'WHEN', 'BY', ...(asked ? ['WHY'] : [])], rows);
}

const describeAgainst = ({ id, text }: Version) =>
  `You told before: ${visibleLine(text ?? '')}. If that is over: steward memory forget ${factCode(id)}`;

/** A day, or an instant, as RFC 3339. @throws badInput */
function instantOf(option: string, text: string): string {
  const at = new Date(text);
  if (!Number.isNaN(at.getTime())) return at.toISOString();
  throw new StewardError('badInput', `${option} "${text}" is no instant, expected such as 2026-11-01T12:00:00Z`);
}
