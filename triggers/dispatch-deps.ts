import type { Client } from '@temporalio/client';
import type { FileSet } from '../schemas/file-set.ts';
import type { Store } from '../store/store.ts';

/** What the dispatcher says of its work; a pino logger fits. */
export interface DispatchLog {
  info(facts: object, words: string): void;
  warn(facts: object, words: string): void;
}

/** What turning events into fires needs. */
export interface DispatchDeps {
  readonly store: Store;
  readonly client: Client;
  readonly files: { current(): FileSet };
  readonly log: DispatchLog;
  /** Whose triggers these are. */
  readonly personId: string;
  /** Hand the first task to the worker of this process; needs client and worker on one native connection. */
  readonly requestEagerStart?: boolean;
}
