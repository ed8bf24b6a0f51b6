import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface TemporalFetch {
  readonly version: string;
  /** Where to work; the target lies in it. */
  readonly folder: string;
  readonly target: string;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

const connectMs = 4_000;
const transferMs = 300_000;

/**
 * Fetches the official release and checks its SHA-256 against the list published beside it. Without a network this
 * fails within seconds. May be repeated.
 *
 * @returns why it could not, as half a sentence; nothing when it is in place
 */
export async function downloadTemporal(fetchIt: TemporalFetch): Promise<string | undefined> {
  const { version, folder, target, say } = fetchIt;
  const name = archiveName(version, process.platform, process.arch);
  if (name === undefined) return `there is no download for ${process.platform}-${process.arch}`;
  const workplace = join(folder, `download-${process.pid}`);
  mkdirSync(workplace, { recursive: true });
  try {
    const release = `https://github.com/temporalio/cli/releases/download/v${version}`;
    const list = await get(`${release}/checksums.txt`, connectMs);
    const wanted = checksumOf(list.toString('utf8'), name);
    if (wanted === undefined) return `the list of checksums does not name ${name}`;
    say(`Downloading temporal ${version} (about 50 MB)`);
    const archive = await get(`${release}/${name}`, transferMs);
    const found = createHash('sha256').update(archive).digest('hex');
    if (found !== wanted) return `the download of ${name} has checksum ${found}, expected ${wanted}`;
    writeFileSync(join(workplace, name), archive);
    await promisify(execFile)('tar', ['-xzf', name, 'temporal'], { cwd: workplace });
    chmodSync(join(workplace, 'temporal'), 0o755);
    renameSync(join(workplace, 'temporal'), target);
    return undefined;
  } catch (cause) {
    return `the download failed (${reason(cause)})`;
  } finally {
    rmSync(workplace, { recursive: true, force: true });
  }
}

/** Name of the release archive for a platform. Pure. */
export function archiveName(version: string, platform: string, arch: string): string | undefined {
  const cpu = { x64: 'amd64', arm64: 'arm64' }[arch];
  if (cpu === undefined || !['linux', 'darwin'].includes(platform)) return undefined;
  return `temporal_cli_${version}_${platform}_${cpu}.tar.gz`;
}

/** The SHA-256 of one name in a list of `hex  name` lines. Pure. */
export function checksumOf(list: string, name: string): string | undefined {
  const line = list.split('\n').find((text) => text.trim().endsWith(` ${name}`));
  return line === undefined ? undefined : /^[0-9a-f]{64}/.exec(line.trim())?.[0];
}

async function get(url: string, timeoutMs: number): Promise<Buffer> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

function reason(cause: unknown): string {
  const inner = (cause as { cause?: { code?: string } }).cause?.code;
  return inner ?? (cause as Error).message;
}
