import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeOllama extends AsyncDisposable {
  readonly endpoint: string;
  /** Models that it has, each with the digest of what it was made of, or with none. */
  readonly models: Map<string, string | undefined>;
  /** How each is talked to, where that was said. */
  readonly templates: Map<string, { template: string; parameters: object }>;
  /** Bytes that were sent to it. */
  readonly sentBytes: number;
}

/**
 * A server that speaks as much of Ollama's API as pulling, making and asking a model takes.
 *
 * @param known - models that can be pulled
 * @source docs.ollama.com/api
 */
export async function fakeOllama(known: readonly string[]): Promise<FakeOllama> {
  const models = new Map<string, string | undefined>();
  const templates: FakeOllama['templates'] = new Map();
  const blobs = new Set<string>();
  let sentBytes = 0;
  const server = createServer((request, response) => {
    void serve(request, response).catch((error: Error) =>
      response.writeHead(500).end(JSON.stringify({ error: error.message })),
    );
  });
  const lines = (response: ServerResponse, ...all: object[]) =>
    void response
      .writeHead(200, { 'content-type': 'application/x-ndjson' })
      .end(all.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '';
    const body = await bodyOf(request);
    const digest = path.startsWith('/api/blobs/') ? path.slice('/api/blobs/'.length) : undefined;
    if (digest !== undefined && request.method === 'HEAD')
      return void response.writeHead(blobs.has(digest) ? 200 : 404).end();
    if (digest !== undefined) {
      sentBytes += body.length;
      if (`sha256:${createHash('sha256').update(body).digest('hex')}` !== digest)
        return void response.writeHead(400).end();
      blobs.add(digest);
      return void response.writeHead(201).end();
    }
    if (path === '/api/version') return lines(response, { version: '0.17.4' });
    if (path === '/api/tags') return lines(response, { models: [...models.keys()].map((name) => ({ name })) });
    const asked = JSON.parse(body.toString()) as Asked;
    const model = asked.model ?? asked.name ?? '';
    if (path === '/api/pull') {
      if (!known.includes(model)) return lines(response, { error: 'pull model manifest: file does not exist' });
      models.set(model, undefined);
      const pulling = { status: 'pulling 6a0746a1ec1a', digest: 'sha256:6a07', total: 1_000 };
      return lines(
        response,
        { status: 'pulling manifest' },
        { ...pulling, completed: 500 },
        { ...pulling, completed: 1_000 },
        { status: 'success' },
      );
    }
    if (path === '/api/show' && models.has(model))
      return lines(response, { template: templates.get(model)?.template ?? '{{ .Prompt }}' });
    if (path === '/api/create' && asked.from !== undefined && models.has(asked.from)) {
      templates.set(model, { template: asked.template ?? '', parameters: asked.parameters ?? {} });
      return lines(response, { status: 'success' });
    }
    if (path === '/api/create') {
      const [made] = Object.values(asked.files ?? {});
      if (made === undefined || !blobs.has(made))
        return void response.writeHead(400).end(JSON.stringify({ error: 'neither from or files was specified' }));
      models.set(model, made);
      return lines(response, { status: 'parsing GGUF' }, { status: 'success' });
    }
    if (!models.has(model))
      return void response.writeHead(404).end(JSON.stringify({ error: `model "${model}" not found` }));
    lines(response, {
      model,
      message: { role: 'assistant', content: 'OK' },
      done: true,
      done_reason: 'stop',
      prompt_eval_count: 12,
      eval_count: 1,
    });
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    models,
    templates,
    get sentBytes() {
      return sentBytes;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Asked {
  readonly name?: string;
  readonly model?: string;
  readonly files?: Record<string, string>;
  readonly from?: string;
  readonly template?: string;
  readonly parameters?: object;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
