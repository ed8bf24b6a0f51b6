import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { StewardError } from '../schemas/errors.ts';
import { bundleFault } from './bundle-fault.ts';
import { ownerFlows } from './bundle-hash.ts';
import { failureConverterPath } from './codec/data-converter.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Bundles all workflows into one file. Takes about 300 MB while it works, so run it in a process of its own
 * (`node workers/bundle.ts <out> [home]`).
 *
 * @throws flowBroken when a flow does not compile or loads what a workflow may not
 */
export async function buildBundle(out: string, home?: string): Promise<void> {
  mkdirSync(dirname(out), { recursive: true });
  const flows = ownerFlows(home);
  // Beside the bundle, since the bundler resolves packages from here.
  const entry = `${out}.entry.cjs`;
  writeFileSync(entry, entrySource(flows));
  const said: string[] = [];
  try {
    const { code } = await bundleWorkflowCode({
      workflowsPath: entry,
      failureConverterPath,
      logger: listener(said),
      webpackConfigHook: (config) => ({
        ...config,
        resolve: {
          ...config.resolve,
          modules: [...(config.resolve?.modules ?? ['node_modules']), join(root, 'node_modules')],
          alias: { ...config.resolve?.alias, 'steward/flow': join(root, 'workflows/flow.ts') },
        },
      }),
    });
    writeFileSync(`${out}.new`, code);
    renameSync(`${out}.new`, out);
  } catch (cause) {
    said.push((cause as Error).message);
    const fault = bundleFault(said.join('\n'), home ?? root) ?? `workflows:1:1: ${firstLine(cause)}`;
    throw new StewardError('flowBroken', fault, { cause });
  } finally {
    rmSync(entry, { force: true });
  }
}

/** CommonJS, because a flow's name may hold a hyphen and an ES export may not in every tool. */
function entrySource(flows: readonly { name: string; path: string }[]): string {
  const own = JSON.stringify(join(root, 'workflows/index.ts'));
  const wrap = JSON.stringify(join(root, 'workflows/steps/run-owner-flow.ts'));
  const lines = flows.map(
    ({ name, path }) =>
      `exports[${JSON.stringify(name)}] = ownerFlow(${JSON.stringify(name)}, () => require(${JSON.stringify(path)}));`,
  );
  return [`Object.assign(exports, require(${own}));`, `const { ownerFlow } = require(${wrap});`, ...lines, ''].join(
    '\n',
  );
}

const firstLine = (cause: unknown) => {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, 3)
    .join(' ')
    .slice(0, 400);
};

/** Keeps what the bundler says: its own error only tells that there is one. */
function listener(said: string[]) {
  const hear = (...words: unknown[]) => void said.push(words.map(String).join(' '));
  return { log: hear, trace: hear, debug: hear, info: hear, warn: hear, error: hear };
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [out, home] = process.argv.slice(2);
  if (out === undefined) {
    process.stderr.write('usage: node workers/bundle.ts OUT [HOME]\n');
    process.exit(2);
  }
  await buildBundle(resolve(out), home).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
}
