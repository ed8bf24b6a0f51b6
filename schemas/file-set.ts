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

/** The files while Steward runs. A save takes effect within a second. */
export interface Files {
  current(): FileSet;
  /** Reads all files now; what is broken keeps its last good version. */
  reload(): Promise<FileSet>;
  /** Calls back after each change that is in force. */
  onChange(listener: (files: FileSet) => void): void;
  close(): Promise<void>;
}
