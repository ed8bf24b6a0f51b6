/** An endpoint whose certificate nobody vouches for is given no word and no key; the next model answers. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { modelCalls } from '../../../../schemas/db/model-calls.ts';
import { fakeModel } from '../../../support/fake-openai.ts';
import { modelWorld } from '../../../support/model-world.ts';
import { throwawayCa } from '../../../support/throwaway-ca.ts';

test.each(['remote', 'ollama'] as const)('a %s model with a certificate of an unknown authority', async (type) => {
  const folder = mkdtempSync(join(tmpdir(), 'steward-models-ca-'));
  const { keyFile, certFile } = throwawayCa(folder);
  let reached = 0;
  const server = createServer({ key: readFileSync(keyFile), cert: readFileSync(certFile) }, (_request, response) => {
    reached += 1;
    response.end();
  });
  try {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await using well = await fakeModel(() => ({ say: 'Here.' }));
    const endpoint = `https://localhost:${(server.address() as AddressInfo).port}`;
    const models = [
      { name: 'unknown', type, endpoint },
      { name: 'well', type: 'remote', endpoint: well.openaiEndpoint },
    ];
    await using world = await modelWorld({ models });
    expect(await world.ask()).toMatchObject({ model: 'well' });
    await world.meter.idle();
    const [first] = await world.store.db.select().from(modelCalls).orderBy(modelCalls.id);
    expect(first).toMatchObject({ model: 'unknown', outcome: 'away' });
    expect(reached).toBe(0);
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
});
