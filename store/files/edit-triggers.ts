import { createHash } from 'node:crypto';
import { readFileSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { StewardError } from '../../schemas/errors.ts';
import type { Edited, EditLock, TriggerEdits, TriggerText } from '../../schemas/file-set.ts';
import { fileNameForm } from './load-files.ts';
import type { ParsedFile } from './parse-file.ts';
import { triggerPaths } from './read-folder.ts';
import { prepareFile } from './replace-file.ts';

/** What an edit is on record with. No text: it may hold a password. */
interface EditEntry {
  readonly by: string;
  readonly action: 'trigger.write' | 'trigger.remove';
  readonly name: string;
  /** Empty where there was, or is, no file. */
  readonly before: string;
  readonly after: string;
}

interface EditPlaces {
  readonly home: string;
  /** The loader's own validation. */
  readonly check: (name: string, text: string) => Promise<ParsedFile<unknown>> | ParsedFile<unknown>;
  /** Acts with the entry on record, or neither. */
  readonly record: (entry: EditEntry, act: () => void) => Promise<void>;
  /** Puts in force what lies on disk. */
  readonly reload: () => Promise<unknown>;
}

/** As much as the API takes. */
const maxBytes = 65_536;

/** The trigger files of a home, for programs that edit them. @source RFC 9110 section 13, docs/design/files.md */
export function editTriggers(places: EditPlaces): TriggerEdits {
  const { home, reload } = places;
  const inTurn = makeTurns();
  return {
    read: (name) => findText(home, name).text,
    write: (name, text, lock, by) =>
      inTurn(name, async () => {
        const edited = await write(places, { name, text, lock, by });
        if (edited.outcome === 'done') await reload();
        return edited;
      }),
    remove: (name, lock, by) =>
      inTurn(name, async () => {
        const edited = await remove(places, { name, lock, by });
        if (edited.outcome === 'gone') await reload();
        return edited;
      }),
  };
}

interface Edit {
  readonly name: string;
  readonly lock: EditLock;
  readonly by: string;
}

async function write(places: EditPlaces, edit: Edit & { readonly text: string }): Promise<Edited> {
  const { name, text, lock, by } = edit;
  if (Buffer.byteLength(text) > maxBytes) throw new StewardError('badInput', 'The text is larger than 64 KiB');
  const { path, text: found, twin } = findText(places.home, name);
  if (!holds(lock, found)) return { outcome: 'changed', path, hash: found?.hash };
  if (twin !== undefined) throw takenTwice(name, path, twin);
  const parsed = await places.check(name, text);
  if (!parsed.ok) return { outcome: 'invalid', path, faults: parsed.faults.map(withoutPlain) };
  const hash = hashOfBytes(Buffer.from(text));
  const done: Edited = { outcome: 'done', path, hash, created: found === undefined };
  if (found?.hash === hash) return done;
  const prepared = await prepareFile(join(places.home, path), text);
  try {
    const before = found?.hash ?? '';
    const made = await unlessChanged(places, { by, action: 'trigger.write', name, before, after: hash }, () =>
      prepared.replace(),
    );
    // A hash that was named does not fit any more; `any` may fit what lies there now.
    return made ? done : await write(places, edit);
  } finally {
    prepared.discard();
  }
}

async function remove(places: EditPlaces, edit: Edit): Promise<Edited> {
  const { name, lock, by } = edit;
  const { path, text: found, twin } = findText(places.home, name);
  if (found === undefined) throw new StewardError('notFound', `There is no file of a trigger "${name}"`);
  if (!holds(lock, found)) return { outcome: 'changed', path, hash: found.hash };
  if (twin !== undefined) throw takenTwice(name, path, twin);
  const entry = { by, action: 'trigger.remove', name, before: found.hash, after: '' } as const;
  // Of a link only the link goes: what it points at may serve others.
  const made = await unlessChanged(places, entry, () => unlinkSync(join(places.home, path)));
  return made ? { outcome: 'gone', path } : remove(places, edit);
}

/** Looks once more right before it acts: between the two nothing else of this process runs. @returns whether it acted */
async function unlessChanged(places: EditPlaces, entry: EditEntry, act: () => void): Promise<boolean> {
  let changed = false;
  try {
    await places.record(entry, () => {
      changed = (findText(places.home, entry.name).text?.hash ?? '') !== entry.before;
      if (changed) throw new Error('The file changed meanwhile');
      act();
    });
  } catch (error) {
    if (!changed) throw error;
  }
  return !changed;
}

function holds(lock: EditLock, found: TriggerText | undefined): boolean {
  if (lock === 'new') return found === undefined;
  return found !== undefined && (lock === 'any' || lock.includes(found.hash));
}

function findText(home: string, name: string): { path: string; text?: TriggerText; twin?: string } {
  if (!fileNameForm.test(name)) {
    throw new StewardError('badInput', 'The name is not 1 to 64 letters, digits and . _ -, a letter or digit first');
  }
  const [path = join('triggers', `${name}.yaml`), twin] = triggerPaths(home, name);
  const stat = statSync(join(home, path), { throwIfNoEntry: false });
  const found = { path, ...(twin === undefined ? {} : { twin }) };
  if (stat === undefined) return found;
  if (!stat.isFile()) throw new StewardError('fileInvalid', `${path} is not a file`);
  const bytes = readFileSync(join(home, path));
  return { ...found, text: { path, bytes, hash: hashOfBytes(bytes) } };
}

/** Runs what concerns one name in order, one after another. */
function makeTurns() {
  const last = new Map<string, Promise<unknown>>();
  return <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const mine = (last.get(name) ?? Promise.resolve()).then(work);
    const settled = mine.catch(() => undefined);
    last.set(name, settled);
    void settled.then(() => {
      if (last.get(name) === settled) last.delete(name);
    });
    return mine;
  };
}

const hashOfBytes = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

const withoutPlain = ({ line, column, message }: { line: number; column: number; message: string }) => ({
  line,
  column,
  message,
});

const takenTwice = (name: string, path: string, twin: string) =>
  new StewardError('fileInvalid', `The name ${name} is taken by ${path} and ${twin}, expected one file of a name`);
