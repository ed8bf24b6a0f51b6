/**
 * - Pictures and sounds reach each provider in the form that it takes, and are counted as what they cost, not as letters.
 * - Where a protocol has no form for them, that is said, and the next model is asked.
 */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { plainPicture, threeTones } from '../../../../activities/models/probe-media.ts';
import { tokensAsked } from '../../../../activities/models/providers/count-tokens.ts';
import type { ModelMedia, ModelMessage } from '../../../../schemas/model-chat.ts';
import { fakeModel } from '../../../support/fake-openai.ts';
import { modelWorld } from '../../../support/model-world.ts';

const picture = plainPicture([255, 0, 0]);
const tones = threeTones();
const said = (...media: ModelMedia[]): ModelMessage[] => [{ role: 'user', content: 'What is it?', media }];
const remote = (endpoint: string, more: object = {}) => ({ name: 'far', type: 'remote', endpoint, ...more });

test('Chat Completions is given data URLs and sounds by name, with the words behind them', async () => {
  await using far = await fakeModel(() => ({ say: 'Red.' }));
  await using world = await modelWorld({ models: [remote(far.openaiEndpoint)] });
  await world.ask({ messages: said(picture, tones) });
  expect(far.asked[0]!.body.messages[0]!.content).toEqual([
    { type: 'image_url', image_url: { url: `data:image/png;base64,${picture.data}` } },
    { type: 'input_audio', input_audio: { data: tones.data, format: 'wav' } },
    { type: 'text', text: 'What is it?' },
  ]);
});

test('Responses is given pictures in its own form', async () => {
  await using far = await fakeModel(() => ({ say: 'Red.' }));
  await using world = await modelWorld({ models: [remote(far.openaiEndpoint, { api: 'responses' })] });
  await world.ask({ messages: said(picture) });
  expect(far.asked[0]!.body.input).toMatchObject([
    { role: 'user', content: [{ type: 'input_image' }, { type: 'input_text', text: 'What is it?' }] },
  ]);
  await expect(world.ask({ messages: said(tones) })).rejects.toThrow('takes no sounds: say `api: chat`');
});

test('Ollama is given pictures as they are, and the context that is known; what is no picture goes to the next model', async () => {
  await using far = await fakeModel(() => ({ say: 'Red.' }));
  const ollama = { name: 'own', type: 'ollama', endpoint: far.ollamaEndpoint, can: { context: 16_384 } };
  await using world = await modelWorld({ models: [ollama, remote(far.openaiEndpoint)] });
  expect(await world.ask({ messages: said(picture) })).toMatchObject({ model: 'own' });
  expect(far.asked[0]!.body.messages).toEqual([{ role: 'user', content: 'What is it?', images: [picture.data] }]);
  expect(far.asked[0]!.body.options).toMatchObject({ num_ctx: 16_384 });
  expect(await world.ask({ messages: said(tones) })).toMatchObject({ model: 'far' });
});

test('a picture counts as what it costs at most, a sound by its length', () => {
  const words = tokensAsked({ messages: [{ role: 'user', content: 'What is it?' }], tools: [] });
  expect(tokensAsked({ messages: said(picture), tools: [] }) - words).toBe(1_105);
  const [long] = [{ ...picture, data: 'A'.repeat(4_000_000) }];
  expect(tokensAsked({ messages: said(long!), tools: [] }) - words).toBe(1_105);
  const seconds = 2;
  expect(tokensAsked({ messages: said(tones), tools: [] }) - words).toBeGreaterThan(10 * seconds);
});

test('what models are shown to try them is a whole PNG of one colour and a whole WAV of two seconds', () => {
  const png = Buffer.from(plainPicture([255, 220, 0]).data, 'base64');
  const read = [
    'import struct, sys, zlib',
    'data = sys.stdin.buffer.read(); at = 8; pixels = b""',
    'while at < len(data):',
    '  length, = struct.unpack(">I", data[at:at+4]); kind = data[at+4:at+8]; body = data[at+8:at+8+length]',
    '  assert zlib.crc32(kind + body) == struct.unpack(">I", data[at+8+length:at+12+length])[0]',
    '  pixels += body if kind == b"IDAT" else b""; at += 12 + length',
    'rows = zlib.decompress(pixels); print(len(rows), rows[1:4].hex(), rows[-3:].hex())',
  ].join('\n');
  expect(execFileSync('python3', ['-c', read], { input: png, encoding: 'utf8' }).trim()).toBe(
    `${64 * (1 + 64 * 3)} ffdc00 ffdc00`,
  );
  const wav =
    'import io, sys, wave; w = wave.open(io.BytesIO(sys.stdin.buffer.read())); print(w.getnframes() / w.getframerate(), w.getnchannels())';
  const input = Buffer.from(tones.data, 'base64');
  expect(execFileSync('python3', ['-c', wav], { input, encoding: 'utf8' }).trim()).toBe('2.0 1');
});

test('Ollama is told to load a model for the whole question, in steps, since it cuts what is longer', async () => {
  await using far = await fakeModel(() => ({ say: 'Yes.' }));
  await using world = await modelWorld({ models: [{ name: 'own', type: 'ollama', endpoint: far.ollamaEndpoint }] });
  await world.ask();
  await world.ask({ messages: [{ role: 'user', content: 'word '.repeat(8_000) }] });
  expect(far.asked.map(({ body }) => (body.options as { num_ctx: number }).num_ctx)).toEqual([8_192, 16_384]);
});
