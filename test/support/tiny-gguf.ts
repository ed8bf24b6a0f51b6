import { writeFileSync } from 'node:fs';

const embedding = 32;
const feedForward = 64;
const types = { u32: 4, i32: 5, f32: 6, string: 8, array: 9 } as const;

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const f32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
};
const text = (value: string) => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
const list = (type: number, items: readonly Buffer[]) => Buffer.concat([u32(type), u64(items.length), ...items]);

/** Bytes, and what begins and ends: every text is tokens of it. */
const tokens = ['<unk>', '<s>', '</s>', ...Array.from({ length: 256 }, (_, byte) => `<0x${hex(byte)}>`)];
function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}

/** As the tokenizer of llama names them: unknown, control, byte. */
const tokenTypes = tokens.map((_, at) => (at === 0 ? 2 : at < 3 ? 3 : 6));

const metadata: readonly (readonly [key: string, type: number, value: Buffer])[] = [
  ['general.architecture', types.string, text('llama')],
  ['general.name', types.string, text('tiny')],
  ['llama.context_length', types.u32, u32(4_096)],
  ['llama.embedding_length', types.u32, u32(embedding)],
  ['llama.block_count', types.u32, u32(1)],
  ['llama.feed_forward_length', types.u32, u32(feedForward)],
  ['llama.attention.head_count', types.u32, u32(2)],
  ['llama.attention.layer_norm_rms_epsilon', types.f32, f32(1e-5)],
  ['llama.rope.dimension_count', types.u32, u32(embedding / 2)],
  ['tokenizer.ggml.model', types.string, text('llama')],
  ['tokenizer.ggml.tokens', types.array, list(types.string, tokens.map(text))],
  [
    'tokenizer.ggml.scores',
    types.array,
    list(
      types.f32,
      tokens.map(() => f32(0)),
    ),
  ],
  ['tokenizer.ggml.token_type', types.array, list(types.i32, tokenTypes.map(u32))],
  ['tokenizer.ggml.bos_token_id', types.u32, u32(1)],
  ['tokenizer.ggml.eos_token_id', types.u32, u32(2)],
  ['tokenizer.ggml.unknown_token_id', types.u32, u32(0)],
];

const tensors: readonly (readonly [name: string, shape: readonly number[]])[] = [
  ['token_embd.weight', [embedding, tokens.length]],
  ['blk.0.attn_norm.weight', [embedding]],
  ...(['q', 'k', 'v', 'output'] as const).map((name) => [`blk.0.attn_${name}.weight`, [embedding, embedding]] as const),
  ['blk.0.ffn_norm.weight', [embedding]],
  ['blk.0.ffn_gate.weight', [embedding, feedForward]],
  ['blk.0.ffn_up.weight', [embedding, feedForward]],
  ['blk.0.ffn_down.weight', [feedForward, embedding]],
  ['output_norm.weight', [embedding]],
  ['output.weight', [embedding, tokens.length]],
];

/**
 * Writes a model of some 30,000 weights that mean nothing: it says nonsense, in the form that a grammar leaves it.
 *
 * @param chatTemplate - how it says that it is to be talked to, in Jinja; left out: it does not say
 * @source github.com/ggml-org/ggml/blob/master/docs/gguf.md, version 3
 */
export function writeTinyGguf(path: string, chatTemplate?: string): void {
  const align = (bytes: number) => Math.ceil(bytes / 32) * 32;
  const size = (shape: readonly number[]) => shape.reduce((product, one) => product * one, 1) * 4;
  let offset = 0;
  const infos = tensors.map(([name, shape]) => {
    const info = Buffer.concat([text(name), u32(shape.length), ...shape.map(u64), u32(0), u64(offset)]);
    offset += align(size(shape));
    return info;
  });
  const told =
    chatTemplate === undefined ? [] : [['tokenizer.chat_template', types.string, text(chatTemplate)] as const];
  const all = [...metadata, ...told];
  const head = Buffer.concat([
    ...[Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(all.length)],
    ...all.flatMap(([key, type, value]) => [text(key), u32(type), value]),
    ...infos,
  ]);
  // The same nonsense each time.
  let seed = 1;
  const next = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647 - 0.5;
  };
  const data = tensors.map(([, shape]) => {
    const bytes = Buffer.alloc(align(size(shape)));
    for (let at = 0; at < size(shape); at += 4) bytes.writeFloatLE(shape.length === 1 ? 1 : next(), at);
    return bytes;
  });
  writeFileSync(path, Buffer.concat([head, Buffer.alloc(align(head.length) - head.length), ...data]));
}
