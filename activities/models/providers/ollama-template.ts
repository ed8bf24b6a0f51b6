import { open } from 'node:fs/promises';

/** How a family of models is told who says what, as Ollama writes it. */
export interface OllamaTemplate {
  readonly template: string;
  readonly parameters: { readonly stop: readonly string[] };
}

/** A file says it at its beginning, before the weights; vocabularies of 250,000 words take some 10 MB of that. */
const headBytes = 64 * 1_048_576;

const turns = (each: string, last: string, stop: readonly string[]): OllamaTemplate => ({
  template: `{{- range .Messages }}${each}{{ end }}${last}`,
  parameters: { stop },
});
const byRole = (assistant: string, other: string) =>
  `{{- if eq .Role "assistant" }}${assistant}{{ else }}${other}{{ end }}`;

/** By a sign that the file's own template holds. @source docs.ollama.com/modelfile, template; the models' own cards */
const families: readonly (readonly [sign: string, template: OllamaTemplate])[] = [
  [
    '<|im_start|>',
    turns('<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n', '<|im_start|>assistant\n', [
      '<|im_start|>',
      '<|im_end|>',
    ]),
  ],
  [
    '<|start_header_id|>',
    turns(
      '<|start_header_id|>{{ .Role }}<|end_header_id|>\n\n{{ .Content }}<|eot_id|>',
      '<|start_header_id|>assistant<|end_header_id|>\n\n',
      ['<|start_header_id|>', '<|eot_id|>'],
    ),
  ],
  [
    '<start_of_turn>',
    turns(
      byRole(
        '<start_of_turn>model\n{{ .Content }}<end_of_turn>\n',
        '<start_of_turn>user\n{{ .Content }}<end_of_turn>\n',
      ),
      '<start_of_turn>model\n',
      ['<start_of_turn>', '<end_of_turn>'],
    ),
  ],
  ['[INST]', turns(byRole('{{ .Content }}</s>', '[INST] {{ .Content }} [/INST]'), '', ['[INST]', '[/INST]'])],
  ['<|end|>', turns('<|{{ .Role }}|>\n{{ .Content }}<|end|>\n', '<|assistant|>\n', ['<|end|>', '<|user|>'])],
];

/**
 * How a model out of a GGUF file is to be talked to, by the template that the file brings; undefined where it brings none,
 * or one of no family that is known.
 *
 * @source github.com/ggml-org/ggml/blob/master/docs/gguf.md: a key, its type (8, a string), a length in 64 bits, and the text
 */
export async function templateOf(path: string): Promise<OllamaTemplate | undefined> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(headBytes), length: headBytes });
  const key = Buffer.from('tokenizer.chat_template\u0008\u0000\u0000\u0000', 'latin1');
  const at = buffer.subarray(0, bytesRead).indexOf(key);
  if (at === -1) return undefined;
  const from = at + key.length + 8;
  const own = buffer.toString('utf8', from, from + Number(buffer.readBigUInt64LE(at + key.length)));
  return families.find(([sign]) => own.includes(sign))?.[1];
}
