import type { Logger } from 'pino';
import type { Channel } from '../../schemas/channel-file.ts';
import type { Dispatch } from '../../schemas/dispatch.ts';
import type { Files } from '../../schemas/file-set.ts';
import type { SessionRight } from '../../store/accounts/cursor.ts';
import type { AcceptedMails } from '../../store/inbox/accept-mails.ts';
import type { Store } from '../../store/store.ts';
import type { MailTimings } from './mail/mail-timings.ts';
import type { ResolveDns } from './mail/prove-sender.ts';
import type { RetryGate } from './retry-gate.ts';

/** What a session of any channel works with. */
export interface SessionDeps {
  readonly store: Store;
  readonly files: Pick<Files, 'current'>;
  readonly dispatch: Pick<Dispatch, 'mailArrived' | 'messagesAccepted' | 'sendEffect'>;
  readonly log: Logger;
  /** Tells a person something once: the same key is the same notice. */
  readonly notify: (personId: string, key: string, text: string) => Promise<void>;
  /** Says that this session lives; called every few seconds. */
  readonly heartbeat: () => void;
  /** Ends the session in good order. */
  readonly signal: AbortSignal;
  readonly timings: MailTimings;
  /** The system's resolver when left out. */
  readonly resolveDns?: ResolveDns;
  /** Keeps the accounts of this process apart that connect again; each waits for itself alone when left out. */
  readonly retries?: RetryGate;
  /** 0 to 1; spreads reconnects. */
  readonly random?: () => number;
}

/** Why a session came to its end. */
export interface SessionEnd {
  /** gone: the file is no more; resting: a person must act; superseded: a newer session serves; aborted: asked to. */
  readonly ended: 'gone' | 'resting' | 'superseded' | 'aborted';
}

/** What one connection, or one watch of a folder, gets to work with. */
export interface Serving<C extends Channel> {
  readonly channel: C;
  readonly session: SessionRight & { readonly channel: string };
  readonly accepted: (mails: AcceptedMails) => Promise<void>;
  /** Called once the mailbox has been read: the next failure waits from the beginning. */
  readonly up: () => void;
}
