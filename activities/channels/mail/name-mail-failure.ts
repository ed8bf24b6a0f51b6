import { StewardError } from '../../../schemas/errors.ts';

interface ForeignError {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly authenticationFailed?: boolean;
  readonly tlsFailed?: boolean;
  readonly serverResponseCode?: unknown;
  readonly responseText?: unknown;
}

/** Answers to a login that speak of the server and not of the password. @source RFC 5530 3 */
const passing = new Set(['UNAVAILABLE', 'SERVERBUG', 'INUSE', 'LIMIT', 'OVERQUOTA']);
const certificate =
  /^(?:ERR_SSL|ERR_TLS|EPROTO|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|CERT_|ETLS|HOSTNAME_MISMATCH|STARTTLS_INJECTION)/;

/**
 * Gives a foreign error of a mail server our name. Never takes over more of its text than a code.
 *
 * @param host - named in the sentence.
 */
export function nameMailFailure(cause: unknown, host: string): StewardError {
  if (cause instanceof StewardError) return cause;
  const error = (typeof cause === 'object' && cause !== null ? cause : {}) as ForeignError;
  const code = typeof error.code === 'string' ? error.code : '';
  if (error.authenticationFailed === true || code === 'EAUTH') {
    if (typeof error.serverResponseCode === 'string' && passing.has(error.serverResponseCode)) {
      return new StewardError('mailBusy', `${host} cannot log in anyone just now (${error.serverResponseCode})`, {
        cause,
      });
    }
    return new StewardError('mailLoginRefused', `${host} refused user and password`, { cause });
  }
  // nodemailer puts its own code before that of the TLS layer and keeps the words.
  const aboutTls = code === 'ESOCKET' && /certificate|\bssl\b|\btls\b/i.test(String(error.message));
  if (error.tlsFailed === true || aboutTls || certificate.test(code)) {
    const why = code === '' ? 'it offers no STARTTLS' : code;
    return new StewardError('mailInsecure', `No secure connection to ${host}: ${why}`, { cause });
  }
  return new StewardError('mailBusy', `${host} did not serve the mailbox${code === '' ? '' : ` (${code})`}`, { cause });
}
