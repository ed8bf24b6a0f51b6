import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { duration } from './common.ts';
import { StewardError } from './errors.ts';

interface Setting {
  readonly shape: z.ZodType;
  /** One sentence, with the unit where there is one. */
  readonly does: string;
  /** A secret may also come from the file that `<NAME>_FILE` names, and is never printed. */
  readonly secret?: true;
}

const port = z.coerce.number().int().min(1).max(65535);
const path = z.string().transform((text) => resolve(text));
const roleNames = ['main', 'io', 'llm', 'batch'] as const;
const roleList = z
  .string()
  .transform((text) => text.split(',').map((word) => word.trim()))
  .pipe(z.array(z.enum(roleNames)).min(1));
const yesNo = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1');

/** Every environment variable that Steward reads. An empty one counts as not set. Printed into docs/generated/settings.md. */
export const settingsTable = {
  STEWARD_HOME: {
    shape: path.optional(),
    does: 'Folder with all files and data of one Steward; ~/.steward by default.',
  },
  STEWARD_CACHE: { shape: path.optional(), does: 'Folder for fetched programs; ~/.cache/steward by default.' },
  STEWARD_ROLES: {
    shape: roleList.default([...roleNames]),
    does: 'What this process serves, by comma: main, io, llm, batch; all by default.',
  },
  STEWARD_ROOT_KEY_FILE: {
    shape: path.optional(),
    does: 'File with the root keys; data/root-key in the home by default.',
  },
  STEWARD_API_HOST: {
    shape: z.string().default('127.0.0.1'),
    does: 'Address that the API listens on; loopback by default.',
  },
  STEWARD_API_PORT: {
    shape: port.default(7700),
    does: 'Port of the API; 7700 by default, chosen freely in an embedded home.',
  },
  STEWARD_API_TOKEN: {
    shape: z.string().min(16).optional(),
    secret: true,
    does: 'Bearer token of the API, 16 characters or more; data/api-token in the home by default.',
  },
  STEWARD_CACHED_WORKFLOWS: {
    shape: z.coerce.number().int().min(0).max(10_000).default(50),
    does: 'Runs kept in memory, about 1 MB each; 0 replays on every task.',
  },
  STEWARD_GRACE: {
    shape: duration.default(10_000),
    does: 'How long work under way may finish at a stop, such as 10s.',
  },
  DATABASE_URL: {
    shape: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'expected postgres://user@host/database')
      .optional(),
    secret: true,
    does: 'Postgres to use; without it an embedded home starts its own.',
  },
  DATABASE_PASSWORD: {
    shape: z.string().optional(),
    secret: true,
    does: 'Password for DATABASE_URL when that holds none.',
  },
  TEMPORAL_ADDRESS: {
    shape: z
      .string()
      .regex(/^[^\s/]+:\d+$/, 'expected host:port')
      .optional(),
    does: 'Temporal to use, host:port; without it an embedded home starts its own.',
  },
  TEMPORAL_NAMESPACE: { shape: z.string().default('steward'), does: 'Temporal namespace; steward by default.' },
  TEMPORAL_API_KEY: { shape: z.string().optional(), secret: true, does: 'API key of a Temporal cloud; turns TLS on.' },
  TEMPORAL_TLS: {
    shape: yesNo.default(false),
    does: 'TLS to Temporal, true or false; on when one of the next four is set.',
  },
  TEMPORAL_TLS_SERVER_NAME: { shape: z.string().optional(), does: 'Name in the certificate of Temporal.' },
  TEMPORAL_TLS_CA_FILE: { shape: path.optional(), does: 'PEM file with the authority of the certificate of Temporal.' },
  TEMPORAL_TLS_CERT_FILE: { shape: path.optional(), does: 'PEM file with our certificate, for mutual TLS.' },
  TEMPORAL_TLS_KEY_FILE: { shape: path.optional(), does: 'PEM file with the key of our certificate.' },
  TEMPORAL_UI_URL: { shape: z.url().optional(), does: 'Where a person finds the Temporal UI, for links.' },
  REDIS_URL: {
    shape: z
      .string()
      .regex(/^rediss?:\/\//, 'expected redis://host:port')
      .optional(),
    secret: true,
    does: 'Redis or Valkey for the hot tier; in process without it.',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    shape: z.url({ protocol: /^https?$/ }).optional(),
    does: 'Collector that spans of model calls are sent to, by OTLP over HTTP; none without it.',
  },
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: {
    shape: yesNo.default(false),
    does: 'Whether spans of model calls hold what was asked and answered, true or false; false by default.',
  },
  LOG_LEVEL: {
    shape: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
    does: 'How much is logged: trace, debug, info, warn, error or silent.',
  },
} as const satisfies Record<string, Setting>;

type Name = keyof typeof settingsTable;
type Values = { [K in Name]: z.output<(typeof settingsTable)[K]['shape']> };

/** The environment, checked. Times in milliseconds, paths absolute. */
export interface Settings {
  readonly home: string;
  readonly cache: string;
  readonly roles: readonly (typeof roleNames)[number][];
  readonly rootKeyFile: string;
  readonly api: { readonly host: string; readonly port: number; readonly token?: string };
  readonly databaseUrl?: string;
  readonly temporal: {
    readonly address?: string;
    readonly namespace: string;
    readonly apiKey?: string;
    /** Present when TLS is on. */
    readonly tls?: {
      readonly serverName?: string;
      readonly caFile?: string;
      readonly certFile?: string;
      readonly keyFile?: string;
    };
    readonly uiUrl?: string;
  };
  readonly redisUrl?: string;
  readonly tracing: { readonly endpoint?: string; readonly content: boolean };
  readonly cachedWorkflows: number;
  readonly graceMs: number;
  readonly logLevel: string;
}

/**
 * Reads the environment. Pure but for the files that `<NAME>_FILE` names.
 *
 * @throws badInput naming the variable and what was expected; a secret's value is not in it
 * @throws secretMissing when a `<NAME>_FILE` cannot be read
 */
export function readSettings(
  env: NodeJS.ProcessEnv,
  readFile = (name: string) => readFileSync(name, 'utf8'),
): Settings {
  const v = readValues(env, readFile);
  const home = v.STEWARD_HOME ?? join(env.HOME || homedir(), '.steward');
  const tls = given({
    serverName: v.TEMPORAL_TLS_SERVER_NAME,
    caFile: v.TEMPORAL_TLS_CA_FILE,
    certFile: v.TEMPORAL_TLS_CERT_FILE,
    keyFile: v.TEMPORAL_TLS_KEY_FILE,
  });
  const tlsOn = v.TEMPORAL_TLS || v.TEMPORAL_API_KEY !== undefined || Object.keys(tls).length > 0;
  return {
    home,
    cache: v.STEWARD_CACHE ?? join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'steward'),
    roles: v.STEWARD_ROLES,
    rootKeyFile: v.STEWARD_ROOT_KEY_FILE ?? join(home, 'data', 'root-key'),
    api: { host: v.STEWARD_API_HOST, port: v.STEWARD_API_PORT, ...given({ token: v.STEWARD_API_TOKEN }) },
    temporal: {
      namespace: v.TEMPORAL_NAMESPACE,
      ...given({ address: v.TEMPORAL_ADDRESS, apiKey: v.TEMPORAL_API_KEY, uiUrl: v.TEMPORAL_UI_URL }),
      ...(tlsOn ? { tls } : {}),
    },
    ...given({ databaseUrl: withPassword(v.DATABASE_URL, v.DATABASE_PASSWORD), redisUrl: v.REDIS_URL }),
    tracing: {
      ...given({ endpoint: v.OTEL_EXPORTER_OTLP_ENDPOINT }),
      content: v.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT,
    },
    cachedWorkflows: v.STEWARD_CACHED_WORKFLOWS,
    graceMs: v.STEWARD_GRACE,
    logLevel: v.LOG_LEVEL,
  };
}

function readValues(env: NodeJS.ProcessEnv, readFile: (name: string) => string): Values {
  const entries = Object.entries(settingsTable).map(([name, setting]: [string, Setting]) => {
    const text = env[name] || (setting.secret === true ? fromFile(name, env, readFile) : undefined);
    const parsed = setting.shape.safeParse(text);
    if (parsed.success) return [name, parsed.data];
    const shown = setting.secret === true ? 'is not usable' : `is ${JSON.stringify(text)}`;
    throw new StewardError('badInput', `The setting ${name} ${shown}: ${parsed.error.issues[0]?.message ?? ''}`);
  });
  return Object.fromEntries(entries) as Values;
}

function fromFile(name: string, env: NodeJS.ProcessEnv, readFile: (name: string) => string): string | undefined {
  const file = env[`${name}_FILE`];
  if (!file) return undefined;
  try {
    return readFile(file).trim();
  } catch (cause) {
    throw new StewardError('secretMissing', `Cannot read ${file}, which ${name}_FILE names`, { cause });
  }
}

function withPassword(url: string | undefined, password: string | undefined): string | undefined {
  if (url === undefined || password === undefined) return url;
  const parsed = new URL(url);
  if (parsed.password === '') parsed.password = encodeURIComponent(password);
  return parsed.href;
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what is not set. */
function given<T extends Record<string, unknown>>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}
