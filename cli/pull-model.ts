import { hasRuntime, installRuntime } from '../activities/models/gguf/llama-runtime.ts';
import { pullOllama } from '../activities/models/providers/pull-ollama.ts';
import { StewardError } from '../schemas/errors.ts';
import { firableFlows } from '../schemas/flows.ts';
import type { ModelEntry } from '../schemas/models-file.ts';
import { loadFilesOnce } from '../store/files/load-files.ts';
import { homeRoot } from './home-root.ts';
import { printResult } from './print.ts';
import { startProgress } from './progress.ts';

/** `steward models pull`: fetches what a model of models.yaml needs. @throws notFound, badInput, modelRefused, modelNone */
export async function pullNamed(name: string): Promise<void> {
  const { models } = loadFilesOnce(homeRoot(), process.env, () => new Set(firableFlows));
  const entry = models.models.find((one) => one.name === name);
  if (entry === undefined) throw new StewardError('notFound', `There is no model ${name} in models.yaml`);
  await pullEntry(entry);
  printResult({ name, pulled: true }, `${name} is there: \`steward models test ${name}\` asks it`);
}

/** Fetches what an entry needs: its model on an Ollama server, or what runs GGUF files here. Shows how far it is. */
export async function pullEntry(entry: ModelEntry): Promise<void> {
  if (entry.type === 'remote')
    throw new StewardError('badInput', `Nothing is pulled for ${entry.name}: a remote model is where it is`);
  if (entry.type === 'gguf' && hasRuntime(process.env, entry.gpu)) return;
  const progress = await startProgress(
    entry.type === 'gguf' ? 'Fetching what runs GGUF files, about 85 MB' : `Pulling ${entry.name}`,
  );
  try {
    if (entry.type === 'gguf') await installRuntime(process.env, entry.gpu);
    else
      await pullOllama(entry, (what, part) => progress.step(part === undefined ? what : `${what}: ${percent(part)}`));
    progress.done();
  } catch (error) {
    progress.fail((error as Error).message);
    throw error;
  }
}

const percent = (part: number) => `${Math.min(100, Math.floor(part * 10) * 10)} %`;
