import type { Logger } from 'pino';
import { type DigestItem, isFolded, type OpenSummariser, type PageSummariser } from '../../schemas/digest.ts';
import { limits } from '../../schemas/protocol.ts';
import { claimMails } from '../../store/digests/claim-mails.ts';
import { firedFor } from '../../store/digests/fired-for.ts';
import { keepDigest, readDigest } from '../../store/digests/keep-digest.ts';
import { type ClaimedMail, itemsOf, keepLines, type Line, unsummarised } from '../../store/digests/page-of-mails.ts';
import type { Store } from '../../store/store.ts';
import { renderDigest } from './render-digest.ts';

interface DigestDeps {
  readonly store: Store;
  readonly openSummariser: OpenSummariser;
  /** The owner's zone, for the times in a digest. */
  readonly zone: () => string;
  readonly log: Pick<Logger, 'info'>;
}

/** A digest in three steps, each of which may be repeated. Bodies stay in Postgres; ids and counts travel. */
export function makeDigestActivities({ store, openSummariser, zone, log }: DigestDeps) {
  return {
    /** Gives a fire every mail that is in no digest yet. @throws notFound, storeBusy */
    claim: async (fire: {
      fireId: string;
      personId: string;
    }): Promise<{ digestId: string; count: number; pages: number }> => {
      const { digestId, count } = await claimMails(store, fire);
      return { digestId, count, pages: Math.ceil(count / limits.digestPage) };
    },

    /** Summarises the mails of one page that have no summary yet, one after the other, so that memory stays flat. */
    summarisePage: async ({ digestId, page }: { digestId: string; page: number }): Promise<PageResult> => {
      let summariser: PageSummariser | undefined;
      const made = { extractive: 0, byModel: 0 };
      const lines: Line[] = [];
      for (const claimed of await unsummarised(store, digestId, page, limits.digestPage)) {
        const line = lineOf(claimed);
        const { mail, account, personId } = claimed;
        summariser ??= openSummariser({ personId, ref: digestId, ...(await firedFor(store, digestId)) });
        const { summary, source } = await summariser.summarise(mail, { folded: isFolded(line), account });
        lines.push([claimed, { ...line, summary, source }]);
        if (source.method === 'model') made.byModel += 1;
        else made.extractive += 1;
        // A model's answer took time and money, so it is kept at once; the rest of the page is made again in no time.
        if (source.method === 'model') await keepLines(store, lines.splice(0));
      }
      await keepLines(store, lines);
      return made;
    },

    /** Composes and seals the digest. @throws notFound, storeBusy */
    finish: async ({ digestId }: { digestId: string }): Promise<{ items: number; people: number; folded: number }> => {
      await keepDigest(store, digestId, await itemsOf(store, digestId), (digest) => renderDigest(digest, zone()));
      const { items } = (await readDigest(store, digestId)).digest;
      const folded = items.filter(isFolded).length;
      log.info({ digest: digestId, items: items.length, folded }, 'a digest was made');
      return { items: items.length, people: items.length - folded, folded };
    },
  };
}

interface PageResult {
  readonly extractive: number;
  readonly byModel: number;
}

/** What a digest says of a mail besides its summary: all of it from the parse and the ledger, none from a model. */
function lineOf({ inboxId, account, seen, receivedAt, mail }: ClaimedMail): Omit<DigestItem, 'summary' | 'source'> {
  const { messageId, listId, from, subject, classification, attachments, proof } = mail;
  return {
    ...{ inboxId, account, seen, receivedAt, subject },
    ...(messageId === undefined ? {} : { messageId }),
    ...(listId === undefined ? {} : { listId }),
    from: from.name || from.address,
    fromAddress: from.address,
    proven: proof?.verdict === 'pass',
    kind: classification.kind,
    attachments: attachments.length,
  };
}
