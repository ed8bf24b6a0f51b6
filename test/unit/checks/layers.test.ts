// Policy: a guard nobody has seen bark is not a guard.
// - one planted breach for every rule of .dependency-cruiser.js, each found at its place
// - the clean twin of the same tree is quiet, `import type` included
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkLayers, readLayerRules } from '../../../checks/check-layers.ts';

const root = resolve(import.meta.dirname, '../../..');

const clean: Record<string, string> = {
  'schemas/protocol.ts': 'export const queue = 1;',
  'schemas/errors.ts': "import { z } from 'zod';\nexport const code = z.string();",
  'store/store.ts': "import { code } from '../schemas/errors.ts';\nexport const store = code;",
  'triggers/dispatch.ts':
    "import type { flow } from '../workflows/flow.ts';\nimport { store } from '../store/store.ts';\nexport const dispatch: [typeof flow?] = [];\nvoid store;",
  'workflows/flow.ts':
    "import { sleep } from '@temporalio/workflow';\nimport type { send } from '../activities/mail/send.ts';\nimport { queue } from '../schemas/protocol.ts';\nexport const flow: [typeof send?] = [];\nvoid sleep, queue;",
  'activities/fail.ts': 'export const fail = 1;',
  'activities/mail/send.ts': "import { fail } from '../fail.ts';\nexport const send = fail;",
  'activities/memory/recall.ts': "import { store } from '../../store/store.ts';\nexport const recall = store;",
  'workers/options.ts': "import { send } from '../activities/mail/send.ts';\nexport const options = send;",
  'workers/start-steward.ts': "import { server } from '../api/server.ts';\nexport const startSteward = server;",
  'api/server.ts': "import { dispatch } from '../triggers/dispatch.ts';\nexport const server = dispatch;",
  'cli/up.ts':
    "import { options } from '../workers/options.ts';\nexport async function up() {\n  await using part = await import('./part.ts');\n  return [part, options];\n}",
  'cli/part.ts': 'export const part = 1;',
  'checks/check.ts': 'export const check = 1;',
  'test/support/temporal.ts': "import { check } from '../../checks/check.ts';\nexport const temporal = check;",
};

/** Rule -> the file that breaks it, and what it loads. */
const breaches: Record<string, { from: string; loads: string }> = {
  'no-cycles': { from: 'triggers/cycle.ts', loads: './to-cycle.ts' },
  'schemas-is-the-floor': { from: 'schemas/breach.ts', loads: '../store/store.ts' },
  'store-knows-schemas-only': { from: 'store/breach.ts', loads: '../triggers/dispatch.ts' },
  'triggers-do-no-work': { from: 'triggers/breach.ts', loads: '../activities/mail/send.ts' },
  'triggers-know-flows-by-name': { from: 'triggers/kinds/breach.ts', loads: '../../workflows/flow.ts' },
  'activities-start-nothing': { from: 'activities/mail/breach.ts', loads: '../../triggers/dispatch.ts' },
  'areas-do-not-call-sideways': { from: 'activities/memory/breach.ts', loads: '../mail/send.ts' },
  'workflows-know-shapes-only': { from: 'workflows/breach.ts', loads: '../activities/mail/send.ts' },
  'workflows-are-deterministic': { from: 'workflows/steps/breach.ts', loads: 'node:fs' },
  'workflows-carry-no-packages': { from: 'workflows/steps/heavy.ts', loads: 'zod' },
  'workers-name-flows-by-path': { from: 'workers/breach.ts', loads: '../workflows/flow.ts' },
  'workers-know-no-cli': { from: 'workers/home/breach.ts', loads: '../../cli/up.ts' },
  'one-place-opens-the-door': { from: 'workers/home/door.ts', loads: '../../api/server.ts' },
  'api-starts-workflows-only': { from: 'api/routes/breach.ts', loads: '../../activities/fail.ts' },
  'cli-runs-no-flows': { from: 'cli/breach.ts', loads: '../workflows/flow.ts' },
  'product-needs-no-guards': { from: 'api/breach.ts', loads: '../test/support/temporal.ts' },
  'nothing-imports-test': { from: 'checks/breach.ts', loads: '../test/support/temporal.ts' },
  'product-ships-its-packages': { from: 'store/heavy.ts', loads: 'fast-check' },
};

let folder = '';

function plant(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'steward-layers-'));
  for (const shared of ['node_modules', 'package.json', 'tsconfig.json']) {
    symlinkSync(join(root, shared), join(folder, shared));
  }
  plant(clean);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('checkLayers()', () => {
  test('checkLayers() is quiet about a tree that keeps every rule', async () => {
    const { breaches: found, modules } = await checkLayers(folder);
    expect(found).toEqual([]);
    expect(modules).toBeGreaterThanOrEqual(Object.keys(clean).length);
  });

  test('checkLayers() finds one planted breach of each rule', async () => {
    plant({ 'triggers/to-cycle.ts': "import './cycle.ts';\nexport const toCycle = 1;" });
    for (const { from, loads } of Object.values(breaches))
      plant({ [from]: `import '${loads}';\nexport const breach = 1;` });
    const { breaches: found } = await checkLayers(folder);
    const places = found.map(({ rule, from }) => `${rule} ${from}`);
    for (const [rule, { from }] of Object.entries(breaches)) expect(places).toContain(`${rule} ${from}`);
  });

  test('every rule of .dependency-cruiser.js has a planted breach', async () => {
    const { forbidden } = await readLayerRules();
    expect(Object.keys(breaches).sort()).toEqual(forbidden.map(({ name }) => name).sort());
  });

  test('checkLayers() reads no module in an empty tree, which the check counts as a failure', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'steward-layers-'));
    try {
      expect((await checkLayers(empty)).modules).toBe(0);
    } finally {
      rmSync(empty, { recursive: true });
    }
  });
});
