import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { StewardError } from '../../schemas/errors.ts';

export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user that runs Postgres when Steward runs as root, which Postgres refuses: `postgres` where the machine has it,
 * else `steward`, made when missing. May be repeated.
 *
 * @throws childFailed when no such user can be made
 */
export function systemUser(): SystemUser {
  const known = findUser('postgres') ?? findUser('steward');
  if (known !== undefined) return known;
  try {
    execFileSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'steward'], {
      stdio: 'pipe',
    });
  } catch (cause) {
    throw new StewardError('childFailed', 'Cannot make the user steward, which runs Postgres when Steward is root', {
      cause,
    });
  }
  const made = findUser('steward');
  if (made === undefined) throw new StewardError('childFailed', 'The user steward was made and is not in /etc/passwd');
  return made;
}

/** Reads one line of a passwd file. @param text - for tests; /etc/passwd when left out */
export function findUser(name: string, text = readFileSync('/etc/passwd', 'utf8')): SystemUser | undefined {
  for (const line of text.split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name && uid !== undefined && gid !== undefined) return { name, uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}
