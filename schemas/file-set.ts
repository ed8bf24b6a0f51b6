import type { Channel } from './channel-file.ts';
import type { InstanceFile } from './instance-file.ts';
import type { ModelsFile } from './models-file.ts';
import type { Trigger } from './trigger-file.ts';

export type FileKind = 'trigger' | 'channel' | 'models' | 'instance';

/** What is wrong with the newest text of a file; the last good version stays in force. */
export interface FileFault {
  /** `flow`: an owner's file in `workflows/`, which the bundler reads. */
  readonly kind: FileKind | 'flow';
  /** Path under `$STEWARD_HOME`, such as `triggers/morning-report.yaml`. */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** What was found and what was expected. Never a secret. */
  readonly message: string;
  /** True when an older good version serves meanwhile. */
  readonly lastGoodInForce: boolean;
}

/** Everything a person's files say, in the version that is in force. */
export interface FileSet {
  readonly triggers: ReadonlyMap<string, Trigger>;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly models: ModelsFile;
  readonly instance: InstanceFile;
  readonly faults: readonly FileFault[];
}

/** What must be so for an edit to be made: there is no file yet, there is one, or one with any of these hashes. */
export type EditLock = 'new' | 'any' | readonly string[];

/** A trigger's file as it lies on disk. */
export interface TriggerText {
  /** Path under `$STEWARD_HOME`. */
  readonly path: string;
  /** What the file holds, byte for byte; UTF-8 unless it is broken. */
  readonly bytes: Buffer;
  /** SHA-256 of these bytes, hex. */
  readonly hash: string;
}

/** What an edit came to. Only `done` changed anything. */
export type Edited =
  | { readonly outcome: 'done'; readonly path: string; readonly hash: string; readonly created: boolean }
  | { readonly outcome: 'gone'; readonly path: string }
  /** The lock does not hold; the hash of what lies there now, where anything does. */
  | { readonly outcome: 'changed'; readonly path: string; readonly hash: string | undefined }
  | { readonly outcome: 'invalid'; readonly path: string; readonly faults: readonly EditFault[] };
type EditFault = Pick<FileFault, 'line' | 'column' | 'message'>;

/**
 * Reads and writes trigger files for programs, as an editor would and with the validation of the loader first. Edits of
 * one name follow one another; a hand edit meanwhile breaks the lock.
 */
export interface TriggerEdits {
  /** @throws badInput for what is no name, fileInvalid for what is no file */
  read(name: string): TriggerText | undefined;
  /** In force when it is done. @throws as `read`, fileInvalid where two files have the name, diskFull, storeBusy */
  write(name: string, text: string, lock: EditLock, by: string): Promise<Edited>;
  /** @throws as `write`, notFound */
  remove(name: string, lock: EditLock, by: string): Promise<Edited>;
}

/** The files while Steward runs. A save takes effect within a second. */
export interface Files {
  current(): FileSet;
  /** Reads all files now; what is broken keeps its last good version. */
  reload(): Promise<FileSet>;
  /** Calls back after each change that is in force. */
  onChange(listener: (files: FileSet) => void): void;
  /** In the audit log: who, which, and the hashes before and after. */
  readonly edits: TriggerEdits;
  close(): Promise<void>;
}
