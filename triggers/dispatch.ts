import type { Dispatch } from '../schemas/dispatch.ts';
import { accountSlots } from './account-slots.ts';
import { backfillSlots } from './backfill-slots.ts';
import { beginFire } from './begin-fire.ts';
import { decideAndTell } from './decide-approval.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { endAndFollow } from './end-and-follow.ts';
import { fireEvent } from './fire-event.ts';
import { fireNow } from './fire-now.ts';
import { mailArrived } from './mail-arrived.ts';
import { fireForTurn, messagesAccepted } from './messages-accepted.ts';
import { pauseTrigger, resumeTrigger } from './pause-trigger.ts';
import { sendEffect } from './send-effect.ts';
import { skipFires } from './skip-fires.ts';
import { sweep } from './sweep.ts';
import { tellNews } from './tell-news.ts';
import { wakeConversation } from './wake-conversation.ts';

/** The one place where what happened becomes fires: ledger row first, then the workflow. @source docs/design/fires.md */
export function makeDispatch(deps: DispatchDeps): Dispatch {
  return {
    fireNow: (request) => fireNow(deps, request),
    pause: (request) => pauseTrigger(deps, request),
    resume: (request) => resumeTrigger(deps, request),
    skip: (request) => skipFires(deps, request),
    backfill: (request) => backfillSlots(deps, request),
    fireEvent: (event) => fireEvent(deps, event),
    messagesAccepted: (inboxIds) => messagesAccepted(deps, inboxIds),
    fireForTurn: (inboxId) => fireForTurn(deps, inboxId),
    decide: (decision) => decideAndTell(deps, decision),
    tellNews: (news) => tellNews(deps, news),
    wakeConversation: (conversationId) => wakeConversation(deps, conversationId),
    sendEffect: (outboxId) => sendEffect(deps, outboxId),
    mailArrived: (account, inboxIds) => mailArrived(deps, account, inboxIds),
    accountSlots: (trigger) => accountSlots(deps, trigger),
    begin: (fireId) => beginFire(deps, fireId),
    endFire: (ending) => endAndFollow(deps, ending).then(() => undefined),
    sweep: () => sweep(deps),
  };
}
