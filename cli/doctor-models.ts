import { existsSync, statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { hasRuntime } from '../activities/models/gguf/llama-runtime.ts';
import { firableFlows } from '../schemas/flows.ts';
import type { ModelEntry, ModelsFile } from '../schemas/models-file.ts';
import { loadFilesOnce } from '../store/files/load-files.ts';
import type { Home } from '../workers/home/open-home.ts';
import { type DoctorCheck, type Finding, fail, ok, skip } from './doctor-check.ts';
import { type Around, lookAround } from './look-around.ts';
import { type CardPart, type Command, installOf } from './package-commands.ts';

let known: { readonly env: NodeJS.ProcessEnv; readonly around: Promise<Around> } | undefined;
/** Looked at once for all checks of a run. */
function around(env: NodeJS.ProcessEnv): Promise<Around> {
  if (known?.env !== env) known = { env, around: lookAround({ env, root: '/' }) };
  return known.around;
}

const modelsOf = ({ root }: Home, env: NodeJS.ProcessEnv): ModelsFile['models'] =>
  loadFilesOnce(root, env, () => new Set(firableFlows)).models.models;
const ofType = <T extends ModelEntry['type']>(models: readonly ModelEntry[], type: T) =>
  models.filter((one): one is Extract<ModelEntry, { type: T }> => one.type === type);

/** What models need, as far as `models.yaml` asks for it; what is there and not asked for is only said. */
export const modelChecks: readonly DoctorCheck[] = [
  {
    id: 'models.keys',
    look: async (_home, env) => {
      const { keys } = await around(env);
      if (keys.length === 0) return skip('no key of a provider is in the environment');
      return ok(`${keys.join(', ')} in the environment; \`steward models add remote\` uses one`);
    },
  },
  {
    id: 'models.ollama',
    remedy: 'Start the Ollama server, or correct `endpoint` in models.yaml.',
    look: async (home, env) => {
      const { ollama } = await around(env);
      const wanted = ofType(modelsOf(home, env), 'ollama');
      if (ollama === undefined) {
        const here = wanted.find(({ endpoint }) => endpoint === 'http://127.0.0.1:11434');
        return here === undefined
          ? skip('no Ollama server answers on this machine')
          : fail(`${here.name} is asked of a server that does not answer`);
      }
      const has = ollama.models.length === 0 ? 'no model' : ollama.models.slice(0, 5).join(', ');
      return ok(`Ollama ${ollama.version} at ${ollama.endpoint} has ${has}`);
    },
  },
  {
    id: 'models.card',
    look: async (home, env) => {
      const { cards, driverMissing } = await around(env);
      if (cards.length > 0)
        return ok(cards.map(({ name, memoryMiB, driver }) => `${name}, ${memoryMiB} MiB, driver ${driver}`).join('; '));
      const wanted = ofType(modelsOf(home, env), 'gguf').find(({ gpu }) => gpu === 'cuda');
      if (driverMissing)
        return missing('driver', 'a card of NVIDIA is here, and no driver speaks with it', wanted !== undefined);
      return wanted === undefined
        ? skip('no card of NVIDIA is here; models run on the processor')
        : {
            ...fail(`${wanted.name} wants a card of NVIDIA, and none is here`),
            remedy: 'Leave `gpu` out of its entry.',
          };
    },
  },
  {
    id: 'models.cuda',
    look: async (home, env) => {
      const { cards, cuda } = await around(env);
      if (cards.length === 0) return skip('no card of NVIDIA answers');
      if (cuda) return ok('the libraries of CUDA are here');
      const wanted = ofType(modelsOf(home, env), 'gguf').some(({ gpu }) => gpu === 'cuda');
      return missing('cuda', 'the libraries of CUDA are missing: GGUF files cannot run on the card', wanted);
    },
  },
  {
    id: 'models.runtime',
    look: (home, env) => {
      const models = ofType(modelsOf(home, env), 'gguf');
      if (models.length === 0) return skip('models.yaml names no GGUF file');
      const without = models.find(({ gpu }) => !hasRuntime(env, gpu));
      if (without === undefined) return ok('what runs GGUF files is here');
      const remedy = `Run \`steward models pull ${without.name}\`.`;
      return {
        ...fail('what runs GGUF files is missing'),
        remedy,
        fix: [['./steward', 'models', 'pull', without.name]],
      };
    },
  },
  {
    id: 'models.files',
    remedy: 'Correct `path` in models.yaml, or take a smaller model.',
    look: (home, env) => {
      const models = ofType(modelsOf(home, env), 'gguf');
      if (models.length === 0) return skip('models.yaml names no GGUF file');
      const gone = models.find(({ path }) => !existsSync(path));
      if (gone !== undefined) return fail(`${gone.name}: ${gone.path} is not there`);
      const mib = ({ path }: { path: string }) => Math.round(statSync(path).size / 1_048_576);
      const memory = Math.round(totalmem() / 1_048_576);
      const big = models.find((one) => one.gpu === 'none' && mib(one) > memory * 0.8);
      if (big !== undefined) return fail(`${big.name} has ${mib(big)} MiB, and this machine ${memory} MiB of memory`);
      return ok(models.map((one) => `${one.name} ${mib(one)} MiB`).join(', '));
    },
  },
];

/** What a card needs: with the commands of this distribution, or why there are none. It fails where a model wants it. */
function missing(part: CardPart, found: string, wanted: boolean): Finding {
  const state = wanted ? 'fail' : 'skip';
  const install = installOf(part, '/');
  if ('refused' in install) return { state, found, remedy: `Install it by hand: ${install.refused}.` };
  const { commands, first } = install;
  const needs = first === undefined ? '' : ` It needs ${first}.`;
  const named = commands.map((one) => `\`${asWords(one)}\``).join(', then ');
  return { state, found, remedy: `Run ${named}, or \`steward doctor --fix\`.${needs}`, fix: commands };
}

/** As it would be typed. Pure. */
export const asWords = (command: Command): string => command.join(' ');
