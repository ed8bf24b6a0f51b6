/**
 * Every failure that may leave an activity, and what to do about it. Status, retry and remedy all derive from this table.
 *
 * `again` is tried once more after `waitMs`; `human` waits for a person; `final` is an ending.
 */
export interface Failure {
  readonly kind: 'again' | 'human' | 'final';
  /** HTTP status when the API reports it. */
  readonly http: number;
  /** Milliseconds until the next try; only for `again`. */
  readonly waitMs?: number;
  /** What a person can do, as one sentence. */
  readonly remedy: string;
}

export const failures = {
  badInput: { kind: 'final', http: 400, remedy: 'Correct the named field and send it again.' },
  unauthorized: {
    kind: 'human',
    http: 401,
    remedy: 'Send the bearer token that `steward init` wrote to data/api-token.',
  },
  hookRefused: {
    kind: 'human',
    http: 401,
    remedy: 'Give the sender the secret of the trigger’s file, and check the clocks of both sides.',
  },
  tooMany: { kind: 'again', http: 429, waitMs: 60_000, remedy: 'Send it again after the seconds in Retry-After.' },
  notFound: {
    kind: 'final',
    http: 404,
    remedy: 'Check the name; `steward trigger list`, `steward runs` and `steward memory list` show what exists.',
  },
  fileInvalid: {
    kind: 'human',
    http: 422,
    remedy: 'Correct the file; the last good version stays in force until then.',
  },
  changedMeanwhile: {
    kind: 'human',
    http: 412,
    remedy: 'Read the file again, put the change into that text, and send it with the hash that was read.',
  },
  secretMissing: { kind: 'human', http: 424, remedy: 'Set the named variable, file or secret.' },
  keyMissing: { kind: 'human', http: 500, remedy: 'Put the root key back; without it nothing stored can be read.' },
  sealBroken: {
    kind: 'final',
    http: 500,
    remedy: 'The stored ciphertext was changed or moved; restore it from a backup.',
  },
  storeBusy: {
    kind: 'again',
    http: 503,
    waitMs: 1_000,
    remedy: 'Postgres is restarting; Steward tries again by itself.',
  },
  temporalBusy: {
    kind: 'again',
    http: 503,
    waitMs: 1_000,
    remedy: 'Temporal is restarting; Steward tries again by itself.',
  },
  mailBusy: {
    kind: 'again',
    http: 503,
    waitMs: 5_000,
    remedy: 'The mail server is not answering; Steward tries again by itself.',
  },
  answerLate: {
    kind: 'human',
    http: 504,
    remedy: 'What was said is kept and answered in its turn; `steward status` shows what is not well.',
  },
  channelBusy: {
    kind: 'again',
    http: 503,
    waitMs: 5_000,
    remedy: 'The server of the channel is not answering; Steward tries again by itself.',
  },
  channelLoginRefused: { kind: 'human', http: 424, remedy: 'Check account and password in the file of the channel.' },
  channelInsecure: {
    kind: 'human',
    http: 424,
    remedy: 'The server offers no TLS 1.2 or later; mend its certificate or use another port.',
  },
  mailLoginRefused: { kind: 'human', http: 424, remedy: 'Check user and password, then `steward channel test`.' },
  mailInsecure: {
    kind: 'human',
    http: 424,
    remedy: 'The server offers no TLS 1.2 or later; use port 993 or 465, or fix its certificate.',
  },
  mailRefused: {
    kind: 'final',
    http: 502,
    remedy: 'The mail server refused the message for good; its answer is in the outbox row.',
  },
  sessionSuperseded: { kind: 'final', http: 409, remedy: 'Another session serves this account; nothing to do.' },
  messageGone: { kind: 'final', http: 410, remedy: 'The mail was deleted before it was read; nothing to do.' },
  channelUnknown: {
    kind: 'human',
    http: 404,
    remedy: 'Add the channel with `steward channel add`, or correct `deliver:`.',
  },
  modelBusy: {
    kind: 'again',
    http: 503,
    waitMs: 10_000,
    remedy: 'The model is not answering; the extractive summary is used meanwhile.',
  },
  modelNone: {
    kind: 'human',
    http: 424,
    remedy: '`steward models explain` says of each model why it is not asked; correct models.yaml.',
  },
  modelRefused: {
    kind: 'human',
    http: 424,
    remedy: 'Check models.yaml: the endpoint refused the key or the model name.',
  },
  modelLied: {
    kind: 'final',
    http: 502,
    remedy: 'The model did not keep to the schema; the extractive summary was used.',
  },
  flowUnknown: { kind: 'human', http: 404, remedy: 'Correct `run:`; `steward trigger list` shows the flows.' },
  flowBroken: {
    kind: 'human',
    http: 422,
    remedy: 'Correct the file in workflows/; the last good bundle stays in force.',
  },
  homeLocked: { kind: 'human', http: 409, remedy: 'Another Steward uses this home; stop it with `steward down`.' },
  homeNewer: {
    kind: 'human',
    http: 409,
    remedy: 'This home was written by a newer Steward; install that version or later.',
  },
  portTaken: {
    kind: 'human',
    http: 409,
    remedy: 'Free the port or remove it from steward.yaml so that another is chosen.',
  },
  notRunning: { kind: 'human', http: 503, remedy: 'Start it with `steward up`.' },
  diskFull: { kind: 'human', http: 507, remedy: 'Free some space; nothing was damaged.' },
  temporalMissing: {
    kind: 'human',
    http: 424,
    remedy: 'Put `temporal` on the PATH, set TEMPORAL_ADDRESS, or install Go.',
  },
  databaseMissing: {
    kind: 'human',
    http: 500,
    remedy: 'Put the Postgres cluster back where the message says, or restore a backup.',
  },
  childFailed: { kind: 'again', http: 503, waitMs: 1_000, remedy: 'Read the named log file under data/logs.' },
} as const satisfies Record<string, Failure>;

export type FailureCode = keyof typeof failures;

/** The one error that Steward throws on purpose. The code is stable, the sentence may change. */
export class StewardError extends Error {
  override readonly name = 'StewardError';
  readonly code: FailureCode;
  /** When the next try makes sense, milliseconds, where that is known better than by the table; only for `again`. */
  readonly waitMs: number | undefined;
  constructor(code: FailureCode, message: string, options?: { cause?: unknown; waitMs?: number }) {
    super(message, options);
    this.code = code;
    this.waitMs = options?.waitMs;
  }
}
