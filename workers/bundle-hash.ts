import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Owner's flows: `$STEWARD_HOME/workflows/<name>.ts`, each the flow that `run: <name>` means. */
export function ownerFlows(home: string | undefined): { name: string; path: string }[] {
  if (home === undefined) return [];
  const folder = join(home, 'workflows');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => /^[a-z0-9-]+\.ts$/.test(file))
    .sort()
    .map((file) => ({ name: basename(file, '.ts'), path: join(folder, file) }));
}

/** Changes whenever the bundle would: our workflows, what they load, the owner's, and the SDK. Hex, 16 characters. */
export function bundleHash(home: string | undefined): string {
  const hash = createHash('sha256');
  const sdk = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string };
  hash.update(sdk.version);
  const ours = ['workflows', 'workflows/steps'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(root, folder, file)),
  );
  const files = [
    ...ours.sort(),
    join(root, 'schemas/protocol.ts'),
    join(root, 'workers/codec/failure-converter.ts'),
    join(root, 'workers/bundle.ts'),
  ];
  for (const path of [...files, ...ownerFlows(home).map((flow) => flow.path)]) {
    hash.update(path).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}
