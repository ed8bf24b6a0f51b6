import type { Dispatch } from '../schemas/dispatch.ts';
import { accountSlots } from './account-slots.ts';
import { beginFire } from './begin-fire.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { endAndFollow } from './end-and-follow.ts';
import { fireEvent } from './fire-event.ts';
import { fireNow } from './fire-now.ts';
import { mailArrived } from './mail-arrived.ts';
import { messageArrived } from './message-arrived.ts';
import { sweep } from './sweep.ts';

/** The one place where what happened becomes fires: ledger row first, then the workflow. @source docs/design/fires.md */
export function makeDispatch(deps: DispatchDeps): Dispatch {
  return {
    fireNow: (request) => fireNow(deps, request),
    fireEvent: (event) => fireEvent(deps, event),
    messageArrived: (message) => messageArrived(deps, message),
    mailArrived: (account, inboxIds) => mailArrived(deps, account, inboxIds),
    accountSlots: (trigger) => accountSlots(deps, trigger),
    begin: (fireId) => beginFire(deps, fireId),
    endFire: (ending) => endAndFollow(deps, ending).then(() => undefined),
    sweep: () => sweep(deps),
  };
}
