import type { SenderProof } from '../../../schemas/message.ts';
import type { SplitHeader } from './split-header.ts';

/** Asks for DNS records: an array of strings, or of their parts. */
export type ResolveDns = (name: string, type: string) => Promise<string[][] | string[]>;

/** Says what speaks for the address in `From`. Never throws. */
export type ProveSender = (
  raw: Uint8Array,
  header: SplitHeader,
  fromAddress: string,
  whole: boolean,
) => Promise<SenderProof>;

const none = (detail: string): SenderProof => ({ verdict: 'none', by: 'none', detail });

/**
 * Makes the judge of one account. A pinned `Authentication-Results` is believed, and only the topmost one; else a DKIM
 * signature is checked whose domain aligns with `From`. SPF cannot be checked after delivery. All doubt ends in `none`
 * or `fail`: a proof that is missing only keeps something from being called proven.
 *
 * @param trustAuthservIds - authserv-ids of the account's own server.
 * @param resolveDns - the system's resolver when left out; tests bring their own keys.
 * @source RFC 8601 5, RFC 6376 6, RFC 9989
 */
export function makeProveSender(trustAuthservIds: readonly string[], resolveDns?: ResolveDns): ProveSender {
  const trusted = new Set(trustAuthservIds.map((id) => id.toLowerCase()));
  return async (raw, header, fromAddress, whole) => {
    const domain = fromAddress.slice(fromAddress.lastIndexOf('@') + 1).toLowerCase();
    const authors = header.fields.filter((field) => field.name === 'from').length;
    if (authors !== 1 || domain === '' || !fromAddress.includes('@')) return none('there is not exactly one author');
    const pinned = pinnedVerdict(header, domain, trusted);
    if (pinned !== undefined) return pinned;
    const signatures = header.fields.filter((field) => field.name === 'dkim-signature');
    if (signatures.length === 0) return none('no DKIM signature');
    if (!whole) return none('the mail was not read to its end, so its signature cannot be checked');
    try {
      return await checkDkim(Buffer.from(raw), domain, resolveDns ?? systemDns);
    } catch {
      return none('the signature could not be checked');
    }
  };
}

/** What the topmost `Authentication-Results` says, when its authserv-id is pinned. */
function pinnedVerdict(header: SplitHeader, domain: string, trusted: ReadonlySet<string>): SenderProof | undefined {
  const top = header.fields.find((field) => field.name === 'authentication-results')?.value;
  if (top === undefined || trusted.size === 0) return undefined;
  const parts = withoutComments(top).split(';');
  const authserv = parts[0]?.trim().split(/\s+/)[0]?.toLowerCase() ?? '';
  if (!trusted.has(authserv)) return undefined;
  let denied = false;
  for (const part of parts.slice(1)) {
    const said = /^\s*(dmarc|dkim)\s*=\s*([a-z]+)/i.exec(part);
    if (said === null) continue;
    const method = said[1]?.toLowerCase();
    const claim = method === 'dmarc' ? /header\.from\s*=\s*"?([^\s";]+)/i : /header\.(?:d|i)\s*=\s*"?([^\s";]+)/i;
    const vouched = (claim.exec(part)?.[1] ?? '').toLowerCase().replace(/^.*@/, '');
    const passed = said[2]?.toLowerCase() === 'pass';
    if (
      passed &&
      (vouched === domain ||
        (method === 'dkim' && vouched !== '' && domain.endsWith(`.${vouched}`) && vouched.includes('.')))
    ) {
      return { verdict: 'pass', by: 'authserv', domain: vouched, detail: `${authserv} says ${method}=pass` };
    }
    if (method === 'dmarc' && said[2]?.toLowerCase() === 'fail') denied = true;
  }
  const verdict = denied ? 'fail' : 'none';
  return { verdict, by: 'authserv', detail: `${authserv} vouches for no domain of the author` };
}

function withoutComments(text: string): string {
  let depth = 0;
  let kept = '';
  for (const sign of text) {
    if (sign === '(') depth += 1;
    else if (sign === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) kept += sign;
  }
  return kept;
}

async function checkDkim(raw: Buffer, domain: string, resolver: ResolveDns): Promise<SenderProof> {
  // Loaded when first needed: most mail of most accounts is judged by its server.
  const { dkimVerify } = await import('mailauth/lib/dkim/verify.js');
  const { results, headerFrom } = await dkimVerify(raw, { resolver, rejectRsaSha1: true });
  if (headerFrom.length !== 1) return none('there is not exactly one author');
  for (const { status, signingDomain } of results) {
    if (status.result !== 'pass' || typeof status.aligned !== 'string') continue;
    // With `l=` anyone may have added what a reader sees.
    if ((status.underSized ?? 0) > 0 || hasLength(raw)) continue;
    return { verdict: 'pass', by: 'dkim', domain: signingDomain ?? domain, detail: `signed by ${signingDomain}` };
  }
  // A body that differs from its hash is "neutral" to the library; to a reader it is another mail than was signed.
  const broken = results.some(
    ({ status, signingDomain = '' }) =>
      (status.result === 'fail' || status.result === 'neutral') &&
      (domain === signingDomain || domain.endsWith(`.${signingDomain}`)),
  );
  const unsigned: SenderProof = { verdict: 'none', by: 'dkim', detail: 'no signature of the author’s domain holds' };
  return broken ? { verdict: 'fail', by: 'dkim', detail: 'a signature of the author’s domain is broken' } : unsigned;
}

/** Whether any signature covers a part of the body only. @source RFC 6376 3.5, 8.2 */
function hasLength(raw: Buffer): boolean {
  const head =
    raw
      .subarray(0, 262_144)
      .toString('latin1')
      .split(/\r?\n\r?\n/, 1)[0] ?? '';
  return head
    .split(/\r?\n(?![ \t])/)
    .some((line) => /^dkim-signature:/i.test(line) && /(?:^|[;:])\s*l\s*=\s*\d/i.test(line.replace(/\s+/g, ' ')));
}

const systemDns: ResolveDns = async (name, type) => {
  const { Resolver } = await import('node:dns/promises');
  const resolver = new Resolver({ timeout: 2_000, tries: 1 });
  return (await resolver.resolve(name, type)) as string[][] | string[];
};
