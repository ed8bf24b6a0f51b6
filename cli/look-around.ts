import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requestHttp } from '../workers/home/request-http.ts';

/** What is found of models on a machine, without asking any. */
export interface Around {
  /** Variables of the environment that are keys of providers: their names, never what they hold. */
  readonly keys: readonly string[];
  readonly ollama?: { readonly endpoint: string; readonly version: string; readonly models: readonly string[] };
  readonly cards: readonly Card[];
  /** A card of NVIDIA is in the machine, and nothing speaks with it. */
  readonly driverMissing: boolean;
  /** Whether the libraries are there that models on a card of NVIDIA need. */
  readonly cuda: boolean;
}

interface Card {
  readonly name: string;
  readonly memoryMiB: number;
  readonly driver: string;
}

/** Where to look; another root and other programs in tests. */
export interface LookPlaces {
  readonly env: NodeJS.ProcessEnv;
  /** `/` of the machine. */
  readonly root: string;
}

/** As the providers' own documentation calls them. */
const keyNames = [
  ...[
    'OPENAI_API_KEY',
    'ANTHROPIC_API_KEY',
    'MISTRAL_API_KEY',
    'GROQ_API_KEY',
    'OPENROUTER_API_KEY',
    'DEEPSEEK_API_KEY',
  ],
  ...['GEMINI_API_KEY', 'TOGETHER_API_KEY', 'FIREWORKS_API_KEY', 'XAI_API_KEY'],
];
/** @source pci-ids.ucw.cz: NVIDIA; class 03 are displays */
const nvidia = '0x10de';

/** Looks for keys, for an Ollama server, and for cards of NVIDIA with what they need. Some hundred milliseconds. */
export async function lookAround({ env, root }: LookPlaces): Promise<Around> {
  const [ollama, cards] = await Promise.all([lookForOllama(env), lookForCards(env)]);
  return {
    keys: keyNames.filter((name) => (env[name] ?? '').trim() !== ''),
    ...(ollama === undefined ? {} : { ollama }),
    cards,
    driverMissing: cards.length === 0 && hasNvidiaDevice(root),
    cuda: await hasCuda(env, root),
  };
}

async function lookForOllama(env: NodeJS.ProcessEnv): Promise<Around['ollama']> {
  const endpoint = endpointOf(env.OLLAMA_HOST);
  const version = await jsonAt<{ version?: string }>(`${endpoint}/api/version`);
  if (version?.version === undefined) return undefined;
  const { models = [] } = (await jsonAt<{ models?: { name: string }[] }>(`${endpoint}/api/tags`)) ?? {};
  return { endpoint, version: version.version, models: models.map(({ name }) => name) };
}

/** Ollama takes a host, a port, both or an address. @source docs.ollama.com/faq */
function endpointOf(host = ''): string {
  if (host === '') return 'http://127.0.0.1:11434';
  const named = host.includes('://') ? host : `http://${host}`;
  if (!URL.canParse(named)) return 'http://127.0.0.1:11434';
  const url = new URL(named);
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  if (url.port === '' && !host.includes('://')) url.port = '11434';
  return url.origin;
}

async function jsonAt<T>(url: string): Promise<T | undefined> {
  if (!url.startsWith('http:')) return undefined;
  const answer = await requestHttp(url);
  if (answer?.status !== 200) return undefined;
  try {
    return JSON.parse(answer.body) as T;
  } catch {
    return undefined;
  }
}

async function lookForCards(env: NodeJS.ProcessEnv): Promise<Card[]> {
  const out = await outputOf(env, 'nvidia-smi', [
    '--query-gpu=name,memory.total,driver_version',
    '--format=csv,noheader,nounits',
  ]);
  return (out ?? '').split('\n').flatMap((line) => {
    const [name = '', memory = '', driver = ''] = line.split(',').map((part) => part.trim());
    return name === '' || !/^\d+$/.test(memory) ? [] : [{ name, memoryMiB: Number(memory), driver }];
  });
}

function hasNvidiaDevice(root: string): boolean {
  const devices = join(root, 'sys/bus/pci/devices');
  if (!existsSync(devices)) return false;
  return readdirSync(devices).some((device) => {
    const read = (name: string) => readFileSync(join(devices, device, name), 'utf8').trim();
    try {
      return read('vendor') === nvidia && read('class').startsWith('0x03');
    } catch {
      return false;
    }
  });
}

async function hasCuda(env: NodeJS.ProcessEnv, root: string): Promise<boolean> {
  if (existsSync(join(root, 'usr/local/cuda/lib64/libcudart.so'))) return true;
  return /libcublas\.so/.test((await outputOf(env, 'ldconfig', ['-p'])) ?? '');
}

async function outputOf(env: NodeJS.ProcessEnv, program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { env, timeout: 10_000 });
    return stdout;
  } catch {
    return undefined;
  }
}
