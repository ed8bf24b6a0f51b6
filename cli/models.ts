import type { Command } from 'commander';
import { StewardError } from '../schemas/errors.ts';
import { sizeWords } from '../schemas/size-words.ts';
import { visibleLine } from '../schemas/visible-text.ts';
import { registerAdding } from './add-model.ts';
import { apiClient } from './api-client.ts';
import { local } from './local-time.ts';
import { paint, printResult, table } from './print.ts';
import { startProgress } from './progress.ts';
import { pullNamed } from './pull-model.ts';
import { registerTeaching } from './teach-intents.ts';

interface Can {
  readonly tools?: boolean | 'envelope';
  readonly schema?: boolean;
  readonly vision?: boolean;
  readonly audio?: boolean;
  readonly languages?: readonly string[];
  readonly context?: number;
  readonly size?: number;
  readonly dimensions?: number;
}
interface Model {
  readonly name: string;
  readonly type: string;
  readonly local: boolean;
  readonly rests?: { readonly until: string; readonly why: string };
  readonly can: Can;
  readonly seen: { calls: number; answered: number; reused: number; tokens: number; cost: number; latencyMs?: number };
}
interface Route {
  readonly intent: string;
  readonly why: string;
  readonly models: readonly { readonly name: string; readonly place?: number; readonly reasons: readonly string[] }[];
}
interface Trial {
  readonly name: string;
  readonly outcome: string;
  readonly why?: string;
  readonly tookMs: number;
  readonly tokens: number;
  readonly cost: number;
  readonly can: Can;
}

/** `steward models`: which there are, whether they answer, and who would be asked what. */
export function register(program: Command): void {
  const models = program
    .command('models')
    .description('the models of models.yaml: how each stands, whether it answers, who is asked what')
    .action(list);
  models.command('list').description('how each stands, with what was seen of it in 24 hours').action(list);
  models
    .command('test')
    .description('really asks a model for words, an object, a tool, a look and an ear, and keeps what it can do')
    .argument('[name]', 'all of them when left out')
    .action(test);
  models
    .command('pull')
    .description('fetch what a model needs: its weights on an Ollama server, or what runs a GGUF file here')
    .argument('<name>')
    .action(pullNamed);
  registerAdding(models);
  registerTeaching(models);
  models
    .command('explain')
    .description('says which models would be asked something, in which order, and why; asks none')
    .argument('<text...>')
    .option('--no-tools', 'as a question that calls no tools')
    .option('--local-only', 'as what comes by a channel of `privacy: local-only`')
    .action(async (text: string[], { tools, localOnly = false }: { tools: boolean; localOnly?: boolean }) => {
      const route = await apiClient().post<Route>('/api/v1/models/explain', { text: text.join(' '), tools, localOnly });
      printResult(route, () => describeRoute(route));
    });
}

async function list(): Promise<void> {
  const page = await apiClient().get<{ models: Model[] }>('/api/v1/models');
  printResult(page, () => describeModels(page.models));
}

async function test(name?: string): Promise<void> {
  const client = apiClient();
  const { models } = await client.get<{ models: Model[] }>('/api/v1/models');
  const names = name === undefined ? models.map((one) => one.name) : [name];
  const trials: Trial[] = [];
  const progress = names.length === 0 ? undefined : await startProgress(`Asking ${names[0]!}`);
  for (const one of names) {
    progress?.step(`Asking ${one}: words, an object, a tool, a picture, a sound`);
    trials.push(await client.post<Trial>(`/api/v1/models/${encodeURIComponent(one)}/test`, {}));
  }
  progress?.done();
  printResult({ trials }, () => trials.map(describeTrial).join('\n') || noModels);
  const failed = trials.filter(({ outcome }) => outcome !== 'answered').map((trial) => trial.name);
  if (failed.length > 0) throw new StewardError('modelRefused', `No answer of ${failed.join(', ')}`);
}

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

const noModels = 'No model is set up: summaries are extractive, and commands work. models.yaml names models.';

function describeModels(models: readonly Model[]): string {
  if (models.length === 0) return noModels;
  const rows = models.map(({ name, type, local: isLocal, rests, can, seen }) => [
    visibleLine(name),
    isLocal ? `${type}, local` : type,
    canWords(can),
    seen.calls === 0 ? '-' : `${seen.answered} of ${seen.calls}`,
    seen.reused === 0 ? '-' : `${seen.reused}`,
    seen.latencyMs === undefined ? '-' : `${Math.round(seen.latencyMs)} ms`,
    `${seen.tokens}`,
    seen.cost === 0 ? '-' : seen.cost.toFixed(4),
    rests === undefined
      ? 'ready'
      : paint('yellow', `rests until ${local(new Date(rests.until), zone())}: ${rests.why}`),
  ]);
  return table(['MODEL', 'TYPE', 'CAN', 'ANSWERED', 'REUSED', 'MEDIAN', 'TOKENS', 'COST', 'NOW'], rows);
}

function describeRoute({ intent, why, models }: Route): string {
  const rows = models.map(({ name, place, reasons }) => [
    place?.toString() ?? '-',
    visibleLine(name),
    reasons.join('; '),
  ]);
  const head = `${paint('bold', intent)}: ${visibleLine(why)}\n`;
  return `${head}\n${models.length === 0 ? noModels : table(['PLACE', 'MODEL', 'WHY'], rows)}`;
}

function describeTrial({ name, outcome, why, tookMs, tokens, can }: Trial): string {
  if (outcome !== 'answered') return `${paint('red', '✗')} ${visibleLine(name)}: ${outcome}, ${why ?? ''}`;
  const did = `answered in ${Math.round(tookMs)} ms, ${tokens} tokens in all; ${canWords(can)}`;
  return `${paint('green', '✓')} ${visibleLine(name)}: ${did}`;
}

const toolWords = (tools: NonNullable<Can['tools']>) =>
  tools === 'envelope' ? 'tools by objects' : tools ? 'tools' : 'no tools';

function canWords({ tools, schema, vision, audio, languages = [], context, size, dimensions }: Can): string {
  const words = [
    tools === undefined ? [] : [toolWords(tools)],
    schema === undefined ? [] : [schema ? 'objects' : 'no objects'],
    vision === true ? ['pictures'] : [],
    audio === true ? ['sounds'] : [],
    languages.length === 0 ? [] : [languages.join('/')],
    context === undefined ? [] : [`${context} tokens`],
    size === undefined ? [] : [sizeWords(size)],
    dimensions === undefined ? [] : [`vectors of ${dimensions}`],
  ].flat();
  return words.length === 0 ? 'not tested' : words.join(', ');
}
