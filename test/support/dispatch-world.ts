import type { Client } from '@temporalio/client';
import { sql } from 'drizzle-orm';
import { fixedClock } from '../../schemas/clock.ts';
import { fires } from '../../schemas/db/fires.ts';
import type { Dispatch } from '../../schemas/dispatch.ts';
import type { FileSet } from '../../schemas/file-set.ts';
import { modelsFile } from '../../schemas/models-file.ts';
import type { Store } from '../../store/store.ts';
import { makeDispatch } from '../../triggers/dispatch.ts';
import type { DispatchDeps } from '../../triggers/dispatch-deps.ts';
import { fileSetOf } from './file-set-of.ts';
import { testStore } from './postgres.ts';

export interface DispatchWorld extends AsyncDisposable {
  readonly store: Store;
  readonly clock: ReturnType<typeof fixedClock>;
  readonly dispatch: Dispatch;
  readonly deps: DispatchDeps;
  readonly personId: string;
  readonly databaseUrl: string;
  /** Puts other trigger files in force. @param models - `models.yaml` */
  use(triggers: Record<string, unknown>, models?: object): void;
  /** All fires of one trigger, by due time. */
  firesOf(trigger: string): Promise<(typeof fires.$inferSelect)[]>;
}

/** A dispatcher over a fresh database at a time of one's own. Trigger names are made unique by `mark`. */
export async function dispatchWorld(client: Client, start: string): Promise<DispatchWorld> {
  const clock = fixedClock(start);
  const opened = await testStore({ clock });
  let set: FileSet = fileSetOf({});
  const deps: DispatchDeps = {
    store: opened.store,
    client,
    files: { current: () => set },
    log: { info() {}, warn() {} },
    personId: opened.personId,
  };
  return {
    store: opened.store,
    clock,
    deps,
    dispatch: makeDispatch(deps),
    personId: opened.personId,
    databaseUrl: opened.url,
    use: (triggers, models = {}) => {
      set = { ...fileSetOf(triggers), models: modelsFile.parse(models) };
    },
    firesOf: (trigger) =>
      opened.store.db.select().from(fires).where(sql`${fires.trigger} = ${trigger}`).orderBy(fires.dueAt, fires.id),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

/** A client that cannot reach Temporal: every call fails as a refused connection does. */
export function unreachableClient(): Client {
  const refuse = () => {
    throw Object.assign(new Error('14 UNAVAILABLE: connection refused'), { code: 14, details: '', metadata: {} });
  };
  return new Proxy({}, { get: () => new Proxy({}, { get: () => refuse }) }) as unknown as Client;
}
