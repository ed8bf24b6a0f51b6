/** - What is wrong in an owner's flow is told with file, line and column, whatever the bundler's own words are. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { buildBundle } from '../../../workers/bundle.ts';

const home = mkdtempSync(join(tmpdir(), 'steward-fault-'));
mkdirSync(join(home, 'workflows'));
afterAll(() => rmSync(home, { recursive: true }));

test.each([
  ['a syntax error', 'export async function a( {\n', /^workflows\/plants\.ts:1:\d+: Unexpected token/],
  [
    'a package that is not there',
    "import { x } from 'no-such';\nexport const a = x;\n",
    /^workflows\/plants\.ts:1:1: Can't resolve 'no-such'/,
  ],
  [
    'files',
    "\nimport { rmSync } from 'node:fs';\nexport const a = () => rmSync('x');\n",
    /^workflows\/plants\.ts:2:1: loads node:fs, which a workflow may not/,
  ],
])(
  'buildBundle() names file and place of %s',
  async (_, source, expected) => {
    writeFileSync(join(home, 'workflows/plants.ts'), source);
    await expect(buildBundle(join(home, 'out.cjs'), home)).rejects.toMatchObject({
      code: 'flowBroken',
      message: expect.stringMatching(expected) as string,
    });
  },
  30_000,
);

test('buildBundle() takes a flow that is right', async () => {
  writeFileSync(join(home, 'workflows/plants.ts'), "export const a = async () => ({ outcome: 'fine' });\n");
  await buildBundle(join(home, 'out.cjs'), home);
}, 30_000);
