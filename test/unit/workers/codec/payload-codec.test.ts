/**
 * - Nothing of a payload is readable at Temporal's side, and failures are payloads too.
 * - Payloads that somebody made without the codec still read.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import {
  decodeFromPayloadsAtIndex,
  encodeToPayloads,
} from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import { expect, test } from 'vitest';
import { ensureRootKeys } from '../../../../store/keys/root-key.ts';
import { failureConverter } from '../../../../workers/codec/failure-converter.ts';
import { payloadCodec } from '../../../../workers/codec/payload-codec.ts';

const codec = () => payloadCodec(ensureRootKeys(join(mkdtempSync(join(tmpdir(), 'steward-codec-')), 'root.key')));
const converter = (c: ReturnType<typeof codec>) => ({
  payloadConverter: defaultPayloadConverter,
  failureConverter,
  payloadCodecs: [c],
});

test('payloadCodec() hides the words and gives them back', async () => {
  const loaded = converter(codec());
  const [payload] = (await encodeToPayloads(loaded, { fireId: 'canary-words' })) ?? [];
  expect(Buffer.from(payload?.data ?? []).includes('canary')).toBe(false);
  expect(Buffer.from(payload?.metadata?.encoding ?? []).toString()).toBe('binary/encrypted');
  expect(await decodeFromPayloadsAtIndex(loaded, 0, [payload!])).toEqual({ fireId: 'canary-words' });
});

test('payloadCodec() passes through what was never encrypted', async () => {
  const plain = defaultPayloadConverter.toPayload('by the command line');
  expect(await codec().decode([plain!])).toEqual([plain]);
});

test('payloadCodec() refuses a payload of another installation', async () => {
  const [payload] = (await encodeToPayloads(converter(codec()), 'words')) ?? [];
  await expect(codec().decode([payload!])).rejects.toMatchObject({ code: 'keyMissing' });
});

test('failureConverter moves message and stack of a failure into its encoded attributes', () => {
  const failure = failureConverter.errorToFailure(
    ApplicationFailure.create({ message: 'canary-words' }),
    defaultPayloadConverter,
  );
  expect(failure.message).toBe('Encoded failure');
  expect(failure.stackTrace).toBe('');
  expect(failure.encodedAttributes).toBeDefined();
});
