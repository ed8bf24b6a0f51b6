import { spawn } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TemporalFetch } from './download-temporal.ts';

/**
 * Builds the official CLI from its Go module: about three minutes on two cores. May be repeated.
 *
 * @returns why it could not, as half a sentence; nothing when it is in place
 */
export async function buildTemporal({ version, folder, target, env, say }: TemporalFetch): Promise<string | undefined> {
  const workplace = join(folder, `build-${process.pid}`);
  mkdirSync(workplace, { recursive: true });
  try {
    say(`Building temporal ${version} with Go (about 3 minutes on 2 cores)`);
    const failure = await runGo(`github.com/temporalio/cli/cmd/temporal@v${version}`, { ...env, GOBIN: workplace });
    if (failure !== undefined) return failure;
    renameSync(join(workplace, 'temporal'), target);
    return undefined;
  } finally {
    rmSync(workplace, { recursive: true, force: true });
  }
}

function runGo(module: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise((resolve) => {
    const go = spawn('go', ['install', module], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    // Nobody would wait for it any more, and it takes all cores.
    const end = () => go.kill();
    process.once('exit', end);
    go.once('close', () => process.off('exit', end));
    let said = '';
    go.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-2_000);
    });
    go.once('error', () => resolve('Go is not installed'));
    go.once('close', (code) => {
      const last = said.trim().split('\n').at(-1) ?? '';
      resolve(code === 0 ? undefined : `the build by Go failed (${last})`);
    });
  });
}
