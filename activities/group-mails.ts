import { type Digest, type DigestItem, isFolded } from '../schemas/digest.ts';

/** Mails of one sender, or of one list. */
export interface MailGroup {
  readonly key: string;
  readonly items: readonly DigestItem[];
}

/** A digest in the order in which it is told. Every item is in exactly one place. */
export interface GroupedDigest {
  /** By sender; those who ask for something by a date first, then those who ask. */
  readonly people: readonly MailGroup[];
  readonly lists: readonly MailGroup[];
  readonly machines: readonly MailGroup[];
  /** Already read, by sender. */
  readonly read: readonly MailGroup[];
  readonly asking: number;
  readonly folded: number;
}

/** Sorts a digest into people, lists, machines and what was read already. Pure. */
export function groupMails({ items }: Pick<Digest, 'items'>): GroupedDigest {
  const shown = items.filter((item) => !isFolded(item));
  const unread = items.filter((item) => isFolded(item) && !item.seen);
  const bySender = (item: DigestItem) => item.fromAddress.toLowerCase();
  return {
    people: groups(shown, bySender).sort((a, b) => urgency(b) - urgency(a)),
    lists: bySize(
      groups(
        unread.filter((item) => item.kind === 'list'),
        (item) => item.listId ?? bySender(item),
      ),
    ),
    machines: bySize(
      groups(
        unread.filter((item) => item.kind === 'machine'),
        bySender,
      ),
    ),
    read: bySize(
      groups(
        items.filter((item) => item.seen),
        bySender,
      ),
    ),
    asking: shown.filter((item) => item.summary.ask !== '').length,
    folded: items.length - shown.length,
  };
}

function groups(items: readonly DigestItem[], keyOf: (item: DigestItem) => string): MailGroup[] {
  return [...Map.groupBy(items, keyOf)].map(([key, of]) => ({ key, items: of }));
}

const bySize = (all: MailGroup[]) => all.sort((a, b) => b.items.length - a.items.length);

function urgency({ items }: MailGroup): number {
  return Math.max(...items.map(({ summary }) => (summary.ask === '' ? 0 : 1) + (summary.due === '' ? 0 : 1)));
}
