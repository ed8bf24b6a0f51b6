import { existsSync } from 'node:fs';
import { type Channel, type ChannelFile, channelFile } from '../../schemas/channel-file.ts';
import type { FileFault, FileKind, FileSet } from '../../schemas/file-set.ts';
import { type InstanceFile, instanceFile } from '../../schemas/instance-file.ts';
import { type ModelsFile, modelsFile } from '../../schemas/models-file.ts';
import { type Trigger, type TriggerFile, triggerFile } from '../../schemas/trigger-file.ts';
import { hashOf, type ParsedFile, parseFile, type Unfit } from './parse-file.ts';
import { type FoundFile, readFolder } from './read-folder.ts';
import type { ReferencePlaces } from './resolve-references.ts';

/** What the loader must know beyond the files. */
export interface LoadPlaces extends ReferencePlaces {
  /** Names that `run:` may hold. */
  readonly knownFlows: () => ReadonlySet<string>;
}

/** The last good text of a file, where one is kept. */
export type LastGood = (kind: FileKind, name: string) => string | undefined;

/** What one reading came to: the set in force, and each file's own result for whoever keeps good versions. */
export interface Loaded {
  readonly set: FileSet;
  /** A fault without any value of the file. */
  readonly files: readonly { readonly file: FoundFile; readonly hash: string; readonly fault?: PlainFault }[];
}
interface PlainFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/**
 * Reads all files of a home. A broken one is replaced by its last good version where there is one; the rest is not
 * touched by it.
 */
export function loadFiles(places: LoadPlaces, lastGood: LastGood = () => undefined): Loaded {
  const triggers = new Map<string, Trigger>();
  const channels = new Map<string, Channel>();
  let models: ModelsFile = modelsFile.parse({});
  let instance: InstanceFile = instanceFile.parse({});
  const faults: FileFault[] = [];
  const files: { file: FoundFile; hash: string; fault?: PlainFault }[] = [];

  const taken = new Map<string, string>();
  const use = (file: FoundFile, text: string): ParsedFile<unknown> => {
    const parsed = parseOne(file, text, places, ['me', instance.owner.name]);
    if (!parsed.ok) return parsed;
    const named = { name: file.name, hash: parsed.hash };
    if (file.kind === 'trigger') triggers.set(file.name, { ...(parsed.value as TriggerFile), ...named });
    else if (file.kind === 'channel') channels.set(file.name, { ...(parsed.value as Channel), ...named });
    else if (file.kind === 'models') models = parsed.value as ModelsFile;
    else instance = parsed.value as InstanceFile;
    return parsed;
  };

  const found = readFolder(places.home);
  for (const file of found) {
    const key = `${file.kind}/${file.name}`;
    const twin = taken.get(key);
    taken.set(key, twin ?? file.path);
    if (twin !== undefined) {
      const message = `The name ${file.name} is taken by ${twin}, expected one file of a name`;
      faults.push({ kind: file.kind, path: file.path, line: 1, column: 1, message, lastGoodInForce: true });
      continue;
    }
    const parsed = file.text === undefined ? unreadable : use(file, file.text);
    if (parsed.ok) {
      files.push({ file, hash: parsed.hash });
      continue;
    }
    const good = lastGood(file.kind, file.name);
    const lastGoodInForce = good !== undefined && use(file, good).ok;
    for (const { plain: _, ...fault } of parsed.faults) {
      faults.push({ kind: file.kind, path: file.path, ...fault, lastGoodInForce });
    }
    const [{ line, column, plain }] = parsed.faults;
    files.push({ file, hash: parsed.hash, fault: { line, column, message: plain } });
  }
  if (!faults.some(({ kind }) => kind === 'instance')) faults.push(...onFaultFaults(found, places));
  return { set: { triggers, channels, models, instance, faults }, files };
}

/** Stands for a secret that only a running Steward can open: long enough, and base64, for all that a file may ask for. */
export const storedSecret = 'aStoredSecretOfTheOwners';

/** Reads the files without a database: no secrets, no last good versions. For the command line. */
export function loadFilesOnce(home: string, env: NodeJS.ProcessEnv, knownFlows: () => ReadonlySet<string>): FileSet {
  if (!existsSync(home)) return { ...emptySet, triggers: new Map(), channels: new Map() };
  // A stored secret cannot be looked up here; that it is missing is for the running Steward to say.
  return loadFiles({ home, env, secret: () => storedSecret, knownFlows }).set;
}

/** Reads one trigger's text as the loader would, without putting it in force. @param owners - names that `owner:` may hold */
export function readTrigger(
  name: string,
  text: string,
  places: LoadPlaces,
  owners: readonly string[],
): ParsedFile<unknown> {
  return parseOne({ kind: 'trigger', name, path: '', text }, text, places, owners);
}

/** What a home without a file says. */
const emptySet = { models: modelsFile.parse({}), instance: instanceFile.parse({}), faults: [] };

const unreadable: ParsedFile<unknown> = {
  ok: false,
  hash: '',
  faults: [wholeFile('The file cannot be read, or is not UTF-8')],
};

/** Part of workflow ids and of a fairness key, which takes 64 bytes. */
export const fileNameForm = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

function parseOne(
  { kind, name }: FoundFile,
  text: string,
  places: LoadPlaces,
  owners: readonly string[],
): ParsedFile<unknown> {
  if (!fileNameForm.test(name)) {
    const message = 'The file’s name is not 1 to 64 letters, digits and . _ - before its ending';
    return { ok: false, hash: hashOf(text), faults: [wholeFile(message)] };
  }
  switch (kind) {
    case 'trigger':
      return parseFile<TriggerFile>(text, triggerFile, places, (file) => [
        ...checkFlow(file, places),
        ...checkOwner(file, owners),
      ]);
    case 'channel':
      return parseFile<ChannelFile>(text, channelFile, places, (file) => [
        ...(name === 'me' ? [{ path: [], words: 'is a channel called me, and mail:me means the owner' }] : []),
        ...checkOwner(file, owners),
      ]);
    case 'models':
      return parseFile(text, modelsFile, places);
    case 'instance':
      return parseFile(text, instanceFile, places);
  }
}

/** Every flow that a file names must be there: one that is not would be started and never run. */
function checkFlow({ run, onFailure, when }: TriggerFile, { knownFlows }: LoadPlaces): Unfit[] {
  const known = [...knownFlows()];
  const named = [
    { path: ['run'], flow: run },
    { path: ['onFailure', 'run'], flow: onFailure?.run },
    { path: ['when', 'flow', 'run'], flow: 'flow' in when ? when.flow.run : undefined },
  ];
  return named.flatMap(({ path, flow }) =>
    flow === undefined || known.includes(flow) ? [] : [{ path, expected: `one of ${known.join(', ')}`, known }],
  );
}

function checkOwner({ owner }: { owner: string }, owners: readonly string[]): Unfit[] {
  const known = [...new Set(owners)];
  return known.includes(owner) ? [] : [{ path: ['owner'], expected: known.join(' or '), known }];
}

function wholeFile(message: string) {
  return { line: 1, column: 1, message, plain: message };
}

/**
 * Names in `onFault` that no trigger has, each where it stands. The file stays in force: that a trigger was deleted must
 * not switch off the rest of `steward.yaml`.
 */
function onFaultFaults(found: readonly FoundFile[], places: LoadPlaces): FileFault[] {
  const known = found.filter(({ kind }) => kind === 'trigger').map(({ name }) => name);
  const file = found.find(({ kind }) => kind === 'instance');
  if (file?.text === undefined || !file.text.includes('onFault')) return [];
  const parsed = parseFile<InstanceFile>(file.text, instanceFile, places, (value) =>
    value.health.services.flatMap(({ onFault }, at) => {
      if (onFault === undefined || known.includes(onFault)) return [];
      const expected = known.length === 0 ? 'a file in triggers/' : `one of ${known.join(', ')}`;
      return [{ path: ['health', 'services', at, 'onFault'], expected, known }];
    }),
  );
  if (parsed.ok) return [];
  return parsed.faults.map(({ plain: _, ...fault }) => ({
    ...{ kind: 'instance', path: file.path },
    ...fault,
    lastGoodInForce: false,
  }));
}
