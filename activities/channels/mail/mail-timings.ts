import { limits } from '../../../schemas/protocol.ts';

/** Every wait of a mail session, in milliseconds. Tests shorten them; nothing else does. */
export interface MailTimings {
  readonly connectMs: number;
  /** Silence of a socket in the middle of a command. */
  readonly socketMs: number;
  /** IDLE is begun anew after this; providers drop longer ones. */
  readonly idleMs: number;
  /** A server silent in IDLE is noticed at the latest after this: it is asked after half, and has half to answer. */
  readonly watchdogMs: number;
  readonly firstBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly heartbeatMs: number;
}

export const mailTimings: MailTimings = {
  connectMs: 30_000,
  socketMs: 40_000,
  idleMs: 240_000,
  watchdogMs: limits.idleWatchdogSeconds * 1_000,
  firstBackoffMs: 1_000,
  maxBackoffMs: 300_000,
  heartbeatMs: 5_000,
};
