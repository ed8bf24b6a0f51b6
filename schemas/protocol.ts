/** Names on the wire: what Temporal, its UI and a running workflow know us by. Constants only; safe inside a workflow. */

/** Task queues. One image serves all of them; `STEWARD_ROLES` picks. @source docs/design/temporal.md */
export const taskQueues = {
  /** Workflows and quick database work. */
  main: 'steward',
  /** Slow network work: IMAP sessions, SMTP, HTTP probes. */
  io: 'steward-io',
  /** Models, local or remote. */
  llm: 'steward-llm',
  /** Low and background priority: slots of its own, so that it neither starves nor gets in the way. */
  batch: 'steward-batch',
} as const;
export type TaskQueue = (typeof taskQueues)[keyof typeof taskQueues];

/** Workflow types, as the Temporal UI lists them. */
export const workflowTypes = {
  emailDigest: 'emailDigest',
  morningReport: 'morningReport',
  healthCheck: 'healthCheck',
  consolidateMemory: 'consolidateMemory',
  conversation: 'conversation',
  askedAction: 'askedAction',
  channelSession: 'channelSession',
  wakeTrigger: 'wakeTrigger',
  watchTrigger: 'watchTrigger',
  sweep: 'sweep',
  sendOutbox: 'sendOutbox',
  tellNews: 'tellNews',
  noop: 'noop',
  failureNotice: 'failureNotice',
  serviceFault: 'serviceFault',
} as const;

/** Signals. A signal is a hint; the ledger row is the truth. */
export const signals = {
  configChanged: 'configChanged',
  incidentChanged: 'incidentChanged',
  turnAccepted: 'turnAccepted',
  approvalDecided: 'approvalDecided',
} as const;

/** Search attributes (all Keyword, never personal data). Temporal does not encrypt these. */
export const searchAttributes = {
  trigger: 'StewardTrigger',
  fire: 'StewardFire',
  account: 'StewardAccount',
} as const;

/** Temporal priority keys, 1 first. Approvals and conversation share `high`. */
export const priorityKeys = { urgent: 1, high: 2, normal: 3, low: 4, background: 5 } as const;

/** Closed runs stay readable in the Temporal UI this long. */
export const retentionDays = 30;

export const limits = {
  /** Bytes of one mail that are fetched; beyond them only the structure is known. */
  mailFetchBytes: 1_048_576,
  /** Characters of text kept from one mail. */
  mailTextChars: 65_536,
  /** Characters kept from one message of a conversation. */
  chatTextChars: 32_768,
  /** Inbox rows that one digest takes; the rest goes into the next. */
  digestRows: 2_000,
  /** Inbox rows summarised by one activity call, so that memory does not follow the mailbox. */
  digestPage: 50,
  /** Seconds after which a silent IMAP connection counts as dead. */
  idleWatchdogSeconds: 80,
} as const;

/** Fires that the command line asks for by itself: no person wanted them. */
export const ownRequests = { report: 'first-report', check: 'first-check', demo: 'demo' } as const;
