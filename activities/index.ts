import { asyncLocalStorage } from '@temporalio/activity';
import type { Logger } from 'pino';
import type { Dispatch } from '../schemas/dispatch.ts';
import type { Files } from '../schemas/file-set.ts';
import type { HotTier } from '../schemas/hot-tier.ts';
import type { Memory } from '../schemas/memory.ts';
import type { AskModel } from '../schemas/model-chat.ts';
import type { MailTransport } from '../schemas/outgoing.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import type { Store } from '../store/store.ts';
import { makeApprovalActivities } from './approvals/approval-activities.ts';
import { chatTransport } from './channels/chat-adapters.ts';
import { makeMailActivities } from './channels/mail-activities.ts';
import { makeAgentActivities } from './conversations/agent/agent-activities.ts';
import { makeConversationActivities } from './conversations/conversation-activities.ts';
import { makeDigestActivities } from './digest/digest-activities.ts';
import { withFailures } from './fail.ts';
import { makeFaultActivities } from './faults/fault-activities.ts';
import { makeLedgerActivities } from './ledger/ledger-activities.ts';
import { makeTriggerActivities } from './ledger/trigger-activities.ts';
import { makeMemoryActivities } from './memory/memory-activities.ts';
import { makeExtract } from './models/extract.ts';
import { makeSummariser } from './models/summarise.ts';
import { makeOutboxActivities } from './outbox/outbox-activities.ts';
import { makeProbeActivities } from './probes/probe-activities.ts';
import { makeReportActivities } from './report/report-activities.ts';
import { makeWatchActivities } from './watches/watch-activities.ts';
import { withHeartbeats } from './with-heartbeats.ts';

/** What activities work with; made once in `workers/main.ts`. */
export interface ActivityDeps {
  readonly store: Store;
  readonly files: Files;
  readonly transport: MailTransport;
  readonly hot: HotTier;
  readonly askModel: AskModel;
  readonly memory: Memory;
  readonly dispatch: Dispatch;
  readonly log: Logger;
  /** When a trigger fires, in words, with its next slot. */
  readonly whenOf: (trigger: Trigger) => { readonly when: string; readonly next?: string };
  /** `$STEWARD_HOME`. */
  readonly home: string;
  /** Rejects when Temporal does not answer. */
  readonly temporalReachable: () => Promise<void>;
}

/** All activities by group; a workflow calls `digest.claim` and the history shows the same words. */
export function makeActivityGroups(given: ActivityDeps) {
  const { askModel, files, store } = given;
  const { clock } = store;
  const extract = makeExtract(askModel, (words) => store.keys.fingerprint('mark', words));
  const openSummariser = makeSummariser({ files, extract, clock });
  const zone = () => files.current().instance.owner.timezone ?? zoneOfThisMachine;
  const deps = { ...given, openSummariser, zone, scheduledAt };
  const outbox = makeOutboxActivities({ ...deps, chat: chatTransport });
  const talk = { ...deps, maxCharsOf: chatTransport.maxCharsOf, attempt };
  return {
    ledger: makeLedgerActivities(deps),
    triggers: makeTriggerActivities(deps),
    digest: makeDigestActivities(deps),
    report: makeReportActivities(deps),
    outbox,
    memory: makeMemoryActivities(deps),
    probes: makeProbeActivities(deps),
    watch: makeWatchActivities(deps),
    approvals: makeApprovalActivities(deps),
    conversations: makeConversationActivities(talk),
    agent: makeAgentActivities({
      ...talk,
      cancelled,
      showWorking: chatTransport.showWorking,
      draft: chatTransport.draft,
    }),
    faults: makeFaultActivities({ ...deps, cancelled }),
    mail: makeMailActivities({
      ...deps,
      notify: (personId, key, text) => outbox.notice({ personId, key, subject: text, text }).then(() => undefined),
    }),
  };
}
export type ActivityGroups = ReturnType<typeof makeActivityGroups>;

/** The groups under dotted names, with heartbeats, foreign errors turned into Temporal failures: what a Worker takes. */
export function makeActivities(deps: ActivityDeps): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(makeActivityGroups(deps)).flatMap(([group, activities]) =>
      Object.entries(withHeartbeats(withFailures(activities))).map(([name, activity]) => [
        `${group}.${name}`,
        activity,
      ]),
    ),
  );
}

const zoneOfThisMachine = Intl.DateTimeFormat().resolvedOptions().timeZone;

function scheduledAt(): Date | undefined {
  const at = asyncLocalStorage.getStore()?.info.scheduledTimestampMs;
  return at === undefined ? undefined : new Date(at);
}

const cancelled = () => asyncLocalStorage.getStore()?.cancellationSignal;

const attempt = (): number => asyncLocalStorage.getStore()?.info.attempt ?? 1;
