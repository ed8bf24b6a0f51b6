import { argon2Sync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { StewardError } from '../schemas/errors.ts';
import { type ExportedFact, exportedFact } from '../schemas/memory-export.ts';
import { seal, unseal } from '../store/keys/seal.ts';

/** What a file of exported memory begins with; the number is its version. */
const head = 'steward-memory-';
const version = 1;
const saltBytes = 16;
/** The second choice of RFC 9106, for machines of little memory: 64 MiB, three passes, four lanes. */
const cost = { parallelism: 4, memory: 65_536, passes: 3, tagLength: 32 };

const content = z.strictObject({ exportedAt: z.iso.datetime(), facts: z.array(exportedFact) });
export type MemoryFile = z.infer<typeof content>;

/** Seals exported facts under a passphrase: a line that names the version, the salt, then AES-256-GCM. */
export function sealMemoryFile(facts: readonly ExportedFact[], exportedAt: Date, passphrase: string): Buffer {
  const salt = randomBytes(saltBytes);
  const line = Buffer.from(`${head}${version}\n`);
  const text = JSON.stringify({ exportedAt: exportedAt.toISOString(), facts });
  return Buffer.concat([line, salt, seal(keyOf(passphrase, salt), Buffer.from(text), context(version))]);
}

/**
 * Opens what `sealMemoryFile` made: all of it or nothing.
 *
 * @throws badInput for another file, one of a newer version, one that was cut or changed, and another passphrase
 */
export function openMemoryFile(file: Buffer, passphrase: string): MemoryFile {
  const end = file.indexOf('\n');
  const line = file.subarray(0, Math.max(0, end)).toString('latin1');
  const found = line.startsWith(head) ? Number(line.slice(head.length)) : Number.NaN;
  if (!Number.isInteger(found)) throw new StewardError('badInput', 'That is no file of exported memory');
  if (found > version)
    throw new StewardError('badInput', `The file is of version ${found}, this Steward reads up to ${version}`);
  const salt = file.subarray(end + 1, end + 1 + saltBytes);
  try {
    const opened = unseal(keyOf(passphrase, salt), file.subarray(end + 1 + saltBytes), context(found));
    return content.parse(JSON.parse(opened.toString('utf8')));
  } catch (cause) {
    throw new StewardError('badInput', 'The passphrase is another one, or the file was cut or changed', { cause });
  }
}

const context = (of: number) => `${head}${of}`;
const keyOf = (passphrase: string, salt: Buffer): Buffer =>
  argon2Sync('argon2id', { message: passphrase.normalize('NFKC'), nonce: salt, ...cost });
