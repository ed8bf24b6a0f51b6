import type { Dispatch } from '../schemas/dispatch.ts';
import { accountSlots } from './account-slots.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { fireNow } from './fire-now.ts';
import { mailArrived } from './mail-arrived.ts';
import { sweep } from './sweep.ts';

/** The one place where what happened becomes fires: ledger row first, then the workflow. @source docs/design/fires.md */
export function makeDispatch(deps: DispatchDeps): Dispatch {
  return {
    fireNow: (request) => fireNow(deps, request),
    mailArrived: (account, inboxIds) => mailArrived(deps, account, inboxIds),
    accountSlots: (trigger) => accountSlots(deps, trigger),
    sweep: () => sweep(deps),
  };
}
