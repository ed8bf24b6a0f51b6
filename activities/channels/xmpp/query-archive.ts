import { randomUUID } from 'node:crypto';
import { xml } from '@xmpp/client';
import { StewardError } from '../../../schemas/errors.ts';
import type { XmppLink } from './connect-xmpp.ts';
import type { Element } from './element.ts';
import { bareOf, domainOf, ns } from './xmpp-names.ts';

/** Results of one page beyond those that were asked for, before an answer counts as none. */
const slack = 50;

export interface ArchiveQuery {
  /** A room's bare JID; the own account's archive when left out. */
  readonly room?: string | undefined;
  readonly max: number;
  readonly after?: string;
  /** The page before this id; the newest page when it is empty. */
  readonly before?: string;
  /** RFC 3339. */
  readonly start?: string;
  /** A bare JID on the other side. */
  readonly with?: string;
}

export interface ArchivedMessage {
  readonly archiveId: string;
  /** When the server got it, in its own words. */
  readonly stamp: string | undefined;
  readonly stanza: Element;
}

export interface ArchivePage {
  /** Oldest first. */
  readonly messages: readonly ArchivedMessage[];
  readonly first: string | undefined;
  readonly last: string | undefined;
  readonly complete: boolean;
}

/**
 * Asks an archive for one page. Only what the archive's own address sends under this question counts as its answer, and
 * one that sends far more than was asked for is not waited for.
 *
 * @throws channelBusy, and the library's StanzaError with the server's `condition`
 * @source XEP-0313, XEP-0059
 */
export async function queryArchive(link: XmppLink, query: ArchiveQuery): Promise<ArchivePage> {
  const queryid = randomUUID();
  const owner = query.room ?? link.account;
  const messages: ArchivedMessage[] = [];
  const { promise: flood, reject } = Promise.withResolvers<never>();
  flood.catch(() => undefined);
  const stop = link.onStanza((stanza) => {
    if (stanza.getName() !== 'message' || (stanza.attrs.from ?? link.account) !== owner) return;
    const result = stanza.getChild('result', ns.archive);
    if (result?.attrs.queryid !== queryid || typeof result.attrs.id !== 'string') return;
    const forwarded = result.getChild('forwarded', ns.forward);
    const inner = forwarded?.getChild('message');
    if (messages.length >= query.max + slack) {
      stop();
      return reject(new StewardError('channelBusy', `${domainOf(owner)} sent more messages than it was asked for`));
    }
    // Kept without its message, so that the cursor passes it.
    messages.push({
      archiveId: result.attrs.id,
      stamp: forwarded?.getChild('delay', ns.delay)?.attrs.stamp,
      stanza: inner ?? xml('message', {}),
    });
  });
  try {
    const fin = await Promise.race([link.ask('set', questionOf(query, queryid), query.room), flood]);
    const set = fin.getChild('set', ns.pages);
    return {
      messages,
      first: messages[0]?.archiveId,
      last: messages.at(-1)?.archiveId ?? set?.getChildText('last') ?? undefined,
      complete: fin.attrs.complete === 'true' || messages.length === 0,
    };
  } finally {
    stop();
  }
}

function questionOf(query: ArchiveQuery, queryid: string): Element {
  const field = (name: string, value: string) => xml('field', { var: name }, xml('value', {}, value));
  const asked = [
    ...(query.with === undefined ? [] : [field('with', bareOf(query.with))]),
    ...(query.start === undefined ? [] : [field('start', query.start)]),
  ];
  const form = xml(
    'x',
    { xmlns: ns.form, type: 'submit' },
    xml('field', { var: 'FORM_TYPE', type: 'hidden' }, xml('value', {}, ns.archive)),
    ...asked,
  );
  const set = xml(
    'set',
    { xmlns: ns.pages },
    xml('max', {}, String(query.max)),
    ...(query.after === undefined ? [] : [xml('after', {}, query.after)]),
    ...(query.before === undefined ? [] : [xml('before', {}, query.before)]),
  );
  return xml('query', { xmlns: ns.archive, queryid }, ...(asked.length === 0 ? [] : [form]), set);
}

/** Whether a server said that it has no such archive, or none for us. */
export function hasNoArchive(error: unknown): boolean {
  const { name, condition } = error as { readonly name?: unknown; readonly condition?: unknown };
  const none = ['feature-not-implemented', 'service-unavailable', 'forbidden', 'not-allowed', 'item-not-found'];
  return name === 'StanzaError' && none.includes(String(condition));
}

/** Whether a server said that the archive has no message of that id any more. */
export function isForgotten(error: unknown): boolean {
  const { name, condition } = error as { readonly name?: unknown; readonly condition?: unknown };
  return name === 'StanzaError' && condition === 'item-not-found';
}
