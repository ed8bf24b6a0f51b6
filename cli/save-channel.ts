import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { StewardError } from '../schemas/errors.ts';
import { writeFileWhole } from '../workers/home/write-file-whole.ts';

/** Tells an editor what may stand in the file. */
const schemaLine = '# yaml-language-server: $schema=../.schemas/channel.json\n';

/**
 * Writes `channels/<name>.yaml`, and a password into a file of its own with mode 0600 that the first one names. The secret
 * is written first: a crash between the two leaves an unused secret, never an account without one.
 *
 * @param options.file - gives the file's content for a reference to the secret.
 * @returns the path of the channel file
 * @throws badInput when the name is taken and `force` is not set, diskFull
 */
export function saveChannel(
  home: string,
  name: string,
  options: { file: (secretReference: string) => unknown; force: boolean; password?: string },
): string {
  const path = join(home, 'channels', `${name}.yaml`);
  if (existsSync(path) && !options.force) {
    throw new StewardError('badInput', `There is a channel ${name} already; take another name, or --force`);
  }
  for (const folder of ['channels', 'secrets']) mkdirSync(join(home, folder), { recursive: true, mode: 0o700 });
  let reference = '';
  if (options.password !== undefined) {
    // A name of its own each time: another password makes another file text, and so wakes an account that rests.
    const secret = `secrets/${name}-${randomBytes(4).toString('hex')}.password`;
    writeFileWhole(join(home, secret), `${options.password}\n`, 0o600);
    reference = `\${file:${secret}}`;
  }
  writeFileWhole(path, `${schemaLine}${stringify(options.file(reference))}`, 0o600);
  removeUnused(home, name, readFileSync(path, 'utf8'));
  return path;
}

function removeUnused(home: string, name: string, text: string): void {
  const own = new RegExp(`^${name}-[0-9a-f]{8}[.]password$`);
  for (const secret of readdirSync(join(home, 'secrets'))) {
    if (own.test(secret) && !text.includes(`secrets/${secret}`)) rmSync(join(home, 'secrets', secret));
  }
}
