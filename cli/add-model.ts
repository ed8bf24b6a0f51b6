import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type Document, isMap, isSeq, parseDocument } from 'yaml';
import { tryModel } from '../activities/models/try-model.ts';
import { StewardError } from '../schemas/errors.ts';
import { type ModelEntry, modelsFile } from '../schemas/models-file.ts';
import { writeFileWhole } from '../workers/home/write-file-whole.ts';
import { ask, checkedName, readSecret } from './ask-channel.ts';
import { homeRoot } from './home-root.ts';
import { printResult } from './print.ts';
import { startProgress } from './progress.ts';
import { pullEntry } from './pull-model.ts';

interface Given {
  readonly endpoint?: string;
  readonly model?: string;
  readonly path?: string;
  readonly gpu?: string;
  readonly keyStdin?: true;
  /** False for `--no-key`. */
  readonly key?: boolean;
  readonly local?: true;
  readonly insecure?: true;
  readonly vectors?: true;
  /** False for `--no-test`. */
  readonly test: boolean;
}

/** `steward models add`: a model is in the file once it has really answered. */
export function registerAdding(models: Command): void {
  const add = models.command('add').description('try a model, and write it into models.yaml once it has answered');
  const kind = (type: string, does: string) =>
    add
      .command(type)
      .description(does)
      .argument('<name>', 'what it is to be called here')
      .option('--model <model>', 'its name at the provider; the name here when left out')
      .option('--vectors', 'it makes vectors of texts, and says nothing: the model of `embed`')
      .option('--no-test', 'write it without asking it');
  kind('remote', 'an endpoint that speaks OpenAI’s Chat Completions')
    .option('--endpoint <url>', 'such as https://api.example.com/v1')
    .option('--key-stdin', 'read the key from standard input')
    .option('--no-key', 'it takes none')
    .option('--local', 'words that must not leave may go there')
    .option('--insecure', 'plain HTTP to another machine')
    .action(async (name: string, given: Given) => await addModel('remote', name, given));
  kind('ollama', 'a model of an Ollama server; pulled there, or made there of a GGUF file')
    .option('--endpoint <url>', 'http://127.0.0.1:11434 when left out')
    .option('--path <file>', 'a GGUF file, or a folder with one, to make it of')
    .option('--insecure', 'plain HTTP to another machine')
    .action(async (name: string, given: Given) => await addModel('ollama', name, given));
  kind('gguf', 'a GGUF file that Steward runs itself')
    .option('--path <file>', 'the file')
    .addOption(new Option('--gpu <kind>', 'a graphic card to run it on').choices(['none', 'cuda', 'vulkan', 'metal']))
    .action(async (name: string, given: Given) => await addModel('gguf', name, given));
}

async function addModel(type: ModelEntry['type'], name: string, given: Given): Promise<void> {
  const home = homeRoot();
  const document = readModels(join(home, 'models.yaml'));
  const key = type === 'remote' ? await keyOf(given) : undefined;
  const entry = await entryOf(type, checkedName(name), given);
  const trial = parsedEntry({ ...entry, ...authOf(key) }, document);
  const embed = document.get('embed');
  if (given.vectors && embed != null)
    throw new StewardError('badInput', `\`embed\` in models.yaml names ${String(embed)} already; take it out first`);
  if (given.test) await answeredOnce(trial, given.vectors ?? false);
  const auth = key === undefined ? {} : authOf(keepKey(home, name, key));
  const path = join(home, 'models.yaml');
  document.addIn(['models'], document.createNode({ ...entry, ...auth }, { flow: true }));
  if (given.vectors) document.set('embed', name);
  writeFileWhole(path, document.toString({ lineWidth: 0 }), 0o600);
  printResult({ name, path, tried: given.test }, `${name} is in ${path}${given.test ? ', it has answered' : ''}`);
}

async function entryOf(
  type: ModelEntry['type'],
  name: string,
  given: Given,
): Promise<{ readonly name: string; readonly type: string }> {
  const { endpoint, model, path, gpu, local, insecure } = given;
  const where = {
    remote: async () => ({
      endpoint: endpoint ?? (await ask('--endpoint', 'Endpoint, such as https://api.example.com/v1')),
    }),
    ollama: async () => ({ ...(endpoint && { endpoint }), ...(path && { path: resolve(path) }) }),
    gguf: async () => ({ path: resolve(path ?? (await ask('--path', 'The GGUF file'))), ...(gpu && { gpu }) }),
  };
  return {
    name,
    type,
    ...(await where[type]()),
    ...(model && { model }),
    ...(local && { local }),
    ...(insecure && { insecure }),
  };
}

async function keyOf({ key = true, keyStdin }: Given): Promise<string | undefined> {
  return key ? await readSecret(keyStdin, 'Key of the provider') : undefined;
}

const authOf = (key: string | undefined) => (key === undefined ? {} : { auth: { api_key: key } });

/** The file as it stands, or a new one. @throws badInput where it cannot be read as one */
function readModels(path: string) {
  const text = existsSync(path)
    ? readFileSync(path, 'utf8')
    : '# yaml-language-server: $schema=./.schemas/models.json\nmodels: []\n';
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new StewardError('badInput', `Cannot add to ${path}: ${error.message.split('\n')[0]}`);
  if (document.contents === null) document.contents = document.createNode({}) as never;
  if (!isMap(document.contents)) throw new StewardError('badInput', `Cannot add to ${path}: it is no mapping`);
  const models = document.get('models');
  if (models == null || (isSeq(models) && models.items.length === 0)) document.set('models', document.createNode([]));
  return document;
}

/** The entry as it would be in force. @throws badInput with what is wrong with it */
function parsedEntry(entry: { readonly name: string }, document: Document): ModelEntry {
  const { models = [] } = document.toJS() as { models?: readonly { readonly name?: unknown }[] };
  if (models.some(({ name }) => name === entry.name))
    throw new StewardError('badInput', `There is a model ${entry.name} already; take another name`);
  const parsed = modelsFile.safeParse({ models: [entry] });
  if (parsed.success) return parsed.data.models[0]!;
  const [issue] = parsed.error.issues;
  throw new StewardError('badInput', `Cannot add ${entry.name}: ${issue?.path.slice(2).join('.')} ${issue?.message}`);
}

async function answeredOnce(entry: ModelEntry, vectors: boolean): Promise<void> {
  if (entry.type !== 'remote') await pullEntry(entry);
  const progress = await startProgress(`Asking ${entry.name} for a ${vectors ? 'vector' : 'word'}`);
  const why = await tryModel(entry, vectors);
  if (why === undefined) return progress.done();
  progress.fail(`${entry.name} gives no answer`);
  throw new StewardError('modelRefused', `Nothing was written: ${entry.name} gives no answer, ${why}`);
}

/** Writes the key into a file of its own, mode 0600. @returns what names it in the file of models */
function keepKey(home: string, name: string, key: string): string {
  const secret = `secrets/model-${name}-${randomBytes(4).toString('hex')}.key`;
  mkdirSync(join(home, 'secrets'), { recursive: true, mode: 0o700 });
  writeFileWhole(join(home, secret), `${key}\n`, 0o600);
  return `\${file:${secret}}`;
}
