import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Command } from 'commander';
import { messageIdentity } from '../activities/channels/mail/message-identity.ts';
import { parseMail } from '../activities/channels/mail/parse-mail.ts';
import { makeProveSender } from '../activities/channels/mail/prove-sender.ts';
import { splitHeader } from '../activities/channels/mail/split-header.ts';
import { summariseExtractive } from '../activities/models/summarise-extractive.ts';
import type { MailSummary } from '../schemas/digest.ts';
import { StewardError } from '../schemas/errors.ts';
import type { ParsedMail, SenderProof } from '../schemas/message.ts';
import { limits } from '../schemas/protocol.ts';
import { printResult } from './print.ts';

interface InspectOptions {
  readonly trustAuthserv: string[];
  readonly offline?: true;
}

/** What Steward makes of one mail. */
interface InspectedMail {
  readonly sizeBytes: number;
  /** The key that makes two deliveries the same mail. */
  readonly identity: string;
  readonly proof: SenderProof;
  readonly mail: ParsedMail;
  /** What a digest without a model would say. */
  readonly summary: MailSummary;
}

/** `steward inspect`: how something from outside is understood. */
export function register(program: Command): void {
  const inspect = program.command('inspect').description('show how something from outside is understood');
  inspect
    .command('mail')
    .description('identity, sender and its proof, attachments, class, and what a digest would say; needs no home')
    .argument('<file>', 'a mail as it came: .eml, a file of a Maildir, or - for standard input')
    .option(
      '--trust-authserv <id>',
      'believe Authentication-Results of this server; may stand several times',
      collect,
      [],
    )
    .option('--offline', 'ask no DNS; a DKIM signature is then not checked')
    .action(async (file: string, options: InspectOptions) => {
      const found = await inspectMail(file, options);
      printResult(found, () => describe(found));
    });
}

async function inspectMail(file: string, options: InspectOptions): Promise<InspectedMail> {
  const { raw, sizeBytes } = readBeginning(file);
  const header = splitHeader(raw);
  const mail = await parseMail(raw, { sizeBytes });
  const offline = async () => Promise.reject(new Error('offline'));
  const prove = makeProveSender(options.trustAuthserv, options.offline ? offline : undefined);
  return {
    sizeBytes,
    identity: messageIdentity(header, raw, { sizeBytes }),
    proof: await prove(raw, header, mail.from.address, sizeBytes <= raw.length),
    mail,
    summary: summariseExtractive(mail, { now: new Date() }),
  };
}

function readBeginning(path: string): { raw: Buffer; sizeBytes: number } {
  try {
    const file = path === '-' ? 0 : openSync(path, 'r');
    try {
      return path === '-' ? readAll(file) : readFile(file);
    } finally {
      if (file !== 0) closeSync(file);
    }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new StewardError('badInput', `Cannot read ${path} (${code}), expected a file with one mail`, { cause });
  }
}

function readFile(file: number): { raw: Buffer; sizeBytes: number } {
  const sizeBytes = fstatSync(file).size;
  const raw = Buffer.alloc(Math.min(sizeBytes, limits.mailFetchBytes));
  const read = readSync(file, raw, 0, raw.length, 0);
  return { raw: raw.subarray(0, read), sizeBytes };
}

/** Standard input has no size; what is beyond the limit is counted and dropped. */
function readAll(file: number): { raw: Buffer; sizeBytes: number } {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for (;;) {
    const chunk = Buffer.alloc(65_536);
    const read = readSync(file, chunk, 0, chunk.length, null);
    if (read === 0) return { raw: Buffer.concat(chunks), sizeBytes };
    if (sizeBytes < limits.mailFetchBytes) chunks.push(chunk.subarray(0, read));
    sizeBytes += read;
  }
}

function describe({ mail, proof, identity, summary, sizeBytes }: InspectedMail): string {
  const people = (list: ParsedMail['to']) => list.map((one) => `${one.name} <${one.address}>`.trim()).join(', ');
  const rows: [string, string][] = [
    ['identity', identity],
    ['message id', mail.messageId ?? 'none'],
    ['size', `${sizeBytes} bytes`],
    ['from', people([mail.from])],
    ['proof', `${proof.verdict} (${proof.by}): ${proof.detail}`],
    ['to', people(mail.to)],
    ['cc', people(mail.cc)],
    ['date', mail.date ?? 'none that can be read'],
    ['subject', mail.subject],
    ['class', `${mail.classification.kind}, by ${mail.classification.reason}`],
    ['list', mail.listId ?? ''],
    ['incomplete', mail.incomplete ?? ''],
    ...mail.attachments.map((part): [string, string] => [
      'attachment',
      `${part.filename || 'no name'} (${part.contentType}, ${part.sizeBytes} bytes)`,
    ]),
    ['text', `${mail.text.length} characters`],
    ['digest', summary.what],
    ['asks', summary.ask],
    ['due', summary.due],
  ];
  return rows
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name.padEnd(12)}${value}`)
    .join('\n');
}

const collect = (value: string, all: string[]) => [...all, value];
