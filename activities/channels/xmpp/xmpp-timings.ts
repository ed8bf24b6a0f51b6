/** How long one step of a connection may take. */
export interface XmppTimings {
  /** Until a server is reached and has logged us in. */
  readonly connectMs: number;
  /** Until a question is answered. */
  readonly askMs: number;
  /** Until the server says that it has a stanza. */
  readonly ackMs: number;
  /** Silence after which the server is asked for a sign of life, and again until the connection counts as dead. */
  readonly silenceMs: number;
}

export const xmppTimings: XmppTimings = { connectMs: 30_000, askMs: 30_000, ackMs: 20_000, silenceMs: 30_000 };
