import type { Store } from '../store.ts';
import { ensureAccount } from './ensure-account.ts';
import type { Account } from './find-account.ts';

/** The account of messages that come in by the API: no file can have this name, and no session serves it. */
export const apiAccount = { name: '@api', kind: 'api', enabled: true, hash: 'api' } as const;

/** Its row, made at first use. May be repeated. */
export function ensureApiAccount(store: Store, personId: string): Promise<Account> {
  return ensureAccount(store, apiAccount, personId);
}
