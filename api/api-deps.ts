import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import type { Dispatch } from '../schemas/dispatch.ts';
import type { FileSet, TriggerEdits } from '../schemas/file-set.ts';
import type { HotTier } from '../schemas/hot-tier.ts';
import type { Memory } from '../schemas/memory.ts';
import type { ModelDesk } from '../schemas/model-desk.ts';
import type { StoredReport } from '../schemas/report.ts';
import type { Store } from '../store/store.ts';

/** What the API says of itself; a pino logger fits. */
export interface ApiLog {
  info(facts: object, words: string): void;
  warn(facts: object, words: string): void;
  error(facts: object, words: string): void;
}

/** What the API works with and where it listens. */
export interface ApiDeps {
  readonly store: Store;
  readonly client: Client;
  /** Without `edits` no file can be read or written here. */
  readonly files: { current(): FileSet; readonly edits?: TriggerEdits };
  readonly dispatch: Dispatch;
  readonly models: ModelDesk;
  readonly memory: Memory;
  readonly log: ApiLog;
  /** Where requests to hooks are counted. */
  readonly hot: HotTier;
  readonly personId: string;
  /** 127.0.0.1 unless the owner says otherwise. */
  readonly host: string;
  /** 0 chooses a free one. */
  readonly port: number;
  /** The bearer token that `steward init` wrote. */
  readonly token: string;
  /** Opens payloads of Temporal for a person who reads its UI. */
  readonly decode: (payloads: Payload[]) => Promise<Payload[]>;
  /** Rejects while something that Steward needs is not there; its message says what. */
  readonly ready: () => Promise<void>;
  /** Where Temporal's own UI listens. With the path `/temporal` it is served here too; else it is linked to. */
  readonly temporalUiUrl?: string;
  readonly readLatestReport?: (store: Store, personId: string) => Promise<StoredReport | undefined>;
  /** Aborts when the API stops: what streams then ends. */
  readonly closing?: AbortSignal;
  /** Names beside the loopback ones by which a browser may call this API, such as `steward.home`. */
  readonly hostNames?: readonly string[];
}
