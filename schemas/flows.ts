/** One flow: what starts it, how often it may run, what it touches. Printed into docs/generated/flows.md. */
export interface Flow {
  readonly startedBy: readonly ('schedule' | 'mail' | 'message' | 'event' | 'manual' | 'system')[];
  /** Business id and repeat rule; see `schemas/ids.ts`. */
  readonly id: string;
  /** Activity groups it calls; a `?` marks those that not every run calls. */
  readonly touches: readonly string[];
  /** One sentence for `steward trigger list` and the docs. */
  readonly does: string;
}

export const flows = {
  emailDigest: {
    startedBy: ['schedule', 'mail', 'manual'],
    id: 'fire:<trigger>:<slot>',
    touches: ['digest', 'outbox?', 'ledger'],
    does: 'Gathers all mail that is in no digest yet and delivers one digest of it.',
  },
  morningReport: {
    startedBy: ['schedule', 'manual'],
    id: 'fire:<trigger>:<slot>',
    touches: ['digest', 'report', 'outbox?', 'ledger'],
    does: 'Mail digest, what ran and what was missed, health, and what waits for the owner.',
  },
  healthCheck: {
    startedBy: ['schedule', 'manual'],
    id: 'fire:<trigger>:<slot>',
    touches: ['probes', 'faults?', 'outbox?', 'ledger'],
    does: 'Checks this machine, Steward’s parts, channels and services; says so when one changes.',
  },
  serviceFault: {
    startedBy: ['event', 'manual', 'system'],
    id: 'fire:<trigger>:<slot>',
    touches: ['faults', 'outbox', 'ledger'],
    does: 'Handles the fault of a service as its trigger says, until it is well again and stays so.',
  },
  consolidateMemory: {
    startedBy: ['schedule', 'manual'],
    id: 'fire:<trigger>:<slot>',
    touches: ['memory', 'ledger'],
    does: 'Goes through what you told, by night: weighs it, puts aside what is said twice or fades, finds what contradicts.',
  },
  noop: {
    startedBy: ['schedule', 'manual'],
    id: 'fire:<trigger>:<slot>',
    touches: ['ledger'],
    does: 'Does nothing, once: for tests and measurements.',
  },
  failureNotice: {
    startedBy: ['system'],
    id: 'fire:<trigger>:failure-<fire>',
    touches: ['outbox', 'ledger'],
    does: 'Tells the owner that a run failed, where its trigger says so.',
  },
  sendOutbox: {
    startedBy: ['system'],
    id: 'outbox:<outbox>',
    touches: ['outbox'],
    does: 'Takes up an effect that its own flow left behind.',
  },
  tellNews: {
    startedBy: ['event'],
    id: 'news:<account>:<event>',
    touches: ['outbox'],
    does: 'Tells the owner what happened in a project, with its link.',
  },
  conversation: {
    startedBy: ['message', 'system'],
    id: 'conv:<conversation>',
    touches: ['conversations', 'agent?', 'outbox?'],
    does: 'Takes the turns of one conversation, one after another.',
  },
  askedAction: {
    startedBy: ['system'],
    id: 'action:<turn>:<call>',
    touches: ['agent', 'approvals', 'outbox'],
    does: 'Asks for a person’s word on what a model wants done, and does exactly that.',
  },
  channelSession: {
    startedBy: ['system'],
    id: 'session:<account>',
    touches: ['mail'],
    does: 'Holds the one connection that reads an account.',
  },
  wakeTrigger: {
    startedBy: ['schedule'],
    id: 'wake:<trigger>',
    touches: ['triggers'],
    does: 'Accounts for all slots of a schedule since the last accounted one.',
  },
  watchTrigger: {
    startedBy: ['schedule'],
    id: 'watch:<trigger>',
    touches: ['watch'],
    does: 'Looks once at a web service or a figure; a change of its state is one fire.',
  },
  sweep: {
    startedBy: ['schedule', 'system'],
    id: 'sweep',
    touches: ['triggers'],
    does: 'Finds every row without its run, and every run without its ending.',
  },
} as const satisfies Record<string, Flow>;

export type FlowName = keyof typeof flows;

/** Flows that a trigger file may name in `run:`. */
export const firableFlows = [
  'emailDigest',
  'morningReport',
  'healthCheck',
  'serviceFault',
  'consolidateMemory',
  'noop',
] as const satisfies readonly FlowName[];

/** Flows that take all mail which is in no digest yet, whatever mail set them off. */
export const digestFlows: readonly string[] = ['emailDigest', 'morningReport'] satisfies readonly FlowName[];
