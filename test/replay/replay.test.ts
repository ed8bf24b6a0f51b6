/**
 * - Histories of released flows replay on the code as it is now. A change that breaks one needs patched().
 * - The check can fail: a history that does not fit its flow is refused.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRootKeys } from '../../store/keys/root-key.ts';
import { buildBundle } from '../../workers/bundle.ts';
import { dataConverter } from '../../workers/codec/data-converter.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const kept = readdirSync(join(here, 'histories')).filter((file) => file.endsWith('.json'));
const folder = mkdtempSync(join(tmpdir(), 'steward-replay-'));
const codePath = join(folder, 'bundle.cjs');

beforeAll(() => buildBundle(codePath), 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

function options() {
  const key = join(folder, 'root-key');
  writeFileSync(key, readFileSync(join(here, 'root-key')), { mode: 0o600 });
  return { workflowBundle: { codePath }, dataConverter: dataConverter(readRootKeys(key)) };
}
const history = (file: string) =>
  JSON.parse(readFileSync(join(here, 'histories', file), 'utf8')) as { events: object[] };

test('there is a kept history of every flow', () => {
  const flows = new Set(kept.map((file) => file.split('-')[0]));
  expect([...flows].sort()).toEqual(
    [
      'askedAction',
      'channelSession',
      'conversation',
      'emailDigest',
      'healthCheck',
      'morningReport',
      'noop',
      'sendOutbox',
      'serviceFault',
      'sweep',
      'tellNews',
      'wakeTrigger',
      'watchTrigger',
    ].sort(),
  );
});

test.each(kept)('%s replays on the flows as they are now', async (file) => {
  await Worker.runReplayHistory(options(), historyFromJSON(history(file)));
});

test('runReplayHistory() refuses a history of another flow', async () => {
  const text = readFileSync(
    join(here, 'histories', kept.find((file) => file.startsWith('emailDigest-sixty'))!),
    'utf8',
  );
  const other = JSON.parse(text.replace('"name": "emailDigest"', '"name": "healthCheck"')) as unknown;
  await expect(Worker.runReplayHistory(options(), historyFromJSON(other))).rejects.toThrow(/[Nn]ondetermin/);
});
