import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Ollama } from 'ollama';
import { StewardError } from '../../../schemas/errors.ts';
import { type OllamaModel, ollamaName } from './chat-ollama.ts';
import { templateOf } from './ollama-template.ts';

/** How far a model has come. @param part - of one, where that is known */
export type OnPulled = (what: string, part?: number) => void;

/**
 * Has an Ollama server fetch a model, or make it of the GGUF file that `path` names. May be repeated: what is there stays.
 *
 * @throws badInput where `path` leads to no such file, modelRefused with what the server says
 * @source docs.ollama.com/api/pull, docs.ollama.com/api/create
 */
export async function pullOllama(entry: OllamaModel, onPulled: OnPulled): Promise<void> {
  const { Ollama } = await import('ollama');
  const client = new Ollama({ host: entry.endpoint });
  const model = ollamaName(entry);
  try {
    const files = entry.path === undefined ? undefined : await sendFile(entry.endpoint, entry.path, onPulled);
    const stream =
      files === undefined
        ? await client.pull({ model, stream: true })
        : // The types are behind the protocol, which the client hands on as it is.
          await client.create({ model, stream: true, ...({ files } as object) });
    for await (const { status, completed, total } of stream)
      onPulled(status, total > 0 ? (completed ?? 0) / total : undefined);
    if (entry.path !== undefined) await tellTemplate(client, model, await ggufAt(entry.path));
  } catch (cause) {
    if (cause instanceof StewardError) throw cause;
    throw new StewardError('modelRefused', `Cannot pull ${model}: ${(cause as Error).message}`);
  }
}

/** What a server makes a model answer without, when it does not know the template in the file: then it says nothing. */
const noTemplate = '{{ .Prompt }}';

/** Has the server talk to a model as its file says, where the server itself does not know how. */
async function tellTemplate(client: Ollama, model: string, file: string): Promise<void> {
  const { template } = await client.show({ model });
  if (template?.trim() !== noTemplate) return;
  const own = await templateOf(file);
  if (own === undefined) return;
  await client.create({ model, from: model, template: own.template, parameters: { ...own.parameters } });
}

async function sendFile(endpoint: string, path: string, onPulled: OnPulled): Promise<Record<string, string>> {
  const file = await ggufAt(path);
  const name = basename(file);
  const { size } = await stat(file);
  const hash = createHash('sha256');
  await readThrough(
    file,
    size,
    (part) => onPulled(`reading ${name}`, part),
    (chunk) => hash.update(chunk),
  );
  const digest = `sha256:${hash.digest('hex')}`;
  const blob = new URL(`/api/blobs/${digest}`, endpoint);
  if ((await fetch(blob, { method: 'HEAD' })).status !== 200) {
    let sent = 0;
    const body = createReadStream(file).on('data', (chunk) => {
      sent += chunk.length;
      onPulled(`sending ${name}`, sent / size);
    });
    const answer = await fetch(blob, { method: 'POST', body: Readable.toWeb(body), duplex: 'half' });
    if (!answer.ok) throw new Error(`${name} was answered with status ${answer.status}`);
  }
  return { [name]: digest };
}

async function readThrough(
  file: string,
  size: number,
  onPart: (part: number) => void,
  onChunk: (chunk: Buffer) => void,
): Promise<void> {
  let read = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1_048_576 })) {
    read += (chunk as Buffer).length;
    onChunk(chunk as Buffer);
    onPart(read / size);
  }
}

/** A file, or the one file of its kind in a folder. */
async function ggufAt(path: string): Promise<string> {
  const there = await stat(path).catch(() => undefined);
  if (there === undefined) throw new StewardError('badInput', `Cannot make a model of ${path}: it is not there`);
  if (!there.isDirectory()) return path;
  const files = (await readdir(path)).filter((name) => name.endsWith('.gguf'));
  if (files.length === 1) return join(path, files[0]!);
  throw new StewardError(
    'badInput',
    `Cannot make a model of ${path}: it holds ${files.length} files of GGUF, expected 1`,
  );
}
