import { StewardError } from '../../../schemas/errors.ts';

/** Answers to a login that speak of account and password; all others speak of the server. @source RFC 6120 6.5 */
const refusals = new Set(['not-authorized', 'account-disabled', 'credentials-expired', 'invalid-authzid']);
const certificate = /^(?:ERR_SSL|ERR_TLS|EPROTO|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|CERT_|HOSTNAME_MISMATCH)/;
const codeShape = /^[A-Z][A-Z0-9_]{1,40}$/;

/**
 * Gives a foreign error of an XMPP server our name. Never takes over more of its text than a code.
 *
 * @param server - named in the sentence.
 */
export function nameXmppFailure(cause: unknown, server: string): StewardError {
  if (cause instanceof StewardError) return cause;
  const { name, condition, code } = (typeof cause === 'object' && cause !== null ? cause : {}) as {
    readonly name?: unknown;
    readonly condition?: unknown;
    readonly code?: unknown;
  };
  if (name === 'SASLError') {
    return refusals.has(String(condition))
      ? new StewardError('channelLoginRefused', `${server} refused account and password`, { cause })
      : new StewardError('channelBusy', `${server} cannot log in anyone just now`, { cause });
  }
  const word = typeof code === 'string' && codeShape.test(code) ? ` (${code})` : '';
  if (word !== '' && certificate.test(String(code)))
    return new StewardError('channelInsecure', `No secure connection to ${server}${word}`, { cause });
  return new StewardError('channelBusy', `${server} did not serve the channel${word}`, { cause });
}
