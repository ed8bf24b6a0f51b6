import { type Digest, type DigestItem, isFolded } from '../schemas/digest.ts';

/** The order in which a digest is read: people one by one, then what is folded. */
export interface DigestParts {
  readonly people: readonly DigestItem[];
  /** Folded mail by who it comes from, most first. */
  readonly folded: readonly {
    readonly name: string;
    readonly why: 'list' | 'machine' | 'read';
    readonly items: readonly DigestItem[];
  }[];
  readonly note: string;
}

/** Sorts a digest's lines: what asks for something first, then the newest. */
export function digestParts(digest: Pick<Digest, 'items'>): DigestParts {
  const people = digest.items
    .filter((item) => !isFolded(item))
    .toSorted(
      (a, b) => Number(b.summary.ask !== '') - Number(a.summary.ask !== '') || (a.receivedAt < b.receivedAt ? 1 : -1),
    );
  const groups = new Map<string, { name: string; why: 'list' | 'machine' | 'read'; items: DigestItem[] }>();
  for (const item of digest.items.filter(isFolded)) {
    const why = item.seen ? 'read' : item.kind === 'list' ? 'list' : 'machine';
    const name = why === 'list' ? (item.listId ?? item.from) : item.from;
    const key = `${why} ${name}`;
    const group = groups.get(key) ?? { name, why, items: [] };
    group.items.push(item);
    groups.set(key, group);
  }
  return {
    people,
    folded: [...groups.values()].toSorted((a, b) => b.items.length - a.items.length),
    note: sourceNote(digest),
  };
}

/** Says who made the summaries. A reader must know whether a model had its hand in them. */
function sourceNote({ items }: Pick<Digest, 'items'>): string {
  const models = [
    ...new Set(items.flatMap(({ source }) => (source.method === 'model' ? [source.model ?? 'a model'] : []))),
  ];
  const extractive = items.filter(({ source }) => source.method === 'extractive');
  if (items.length === 0) return '';
  if (models.length === 0) return 'Summaries are sentences of the mails themselves (extractive, no model).';
  if (extractive.length === 0) return `Summaries by ${models.join(', ')}.`;
  return `Summaries by ${models.join(', ')}; ${extractive.length} are extractive because the model gave no usable answer.`;
}

/** `mid:` link to a mail by its Message-ID. @source RFC 2392 */
export function midLink(messageId: string): string {
  return `mid:${encodeURIComponent(messageId.replace(/^<|>$/g, '')).replaceAll('%40', '@')}`;
}

/** "1 mail", "3 mails". */
export const counted = (count: number, word: string): string => `${count} ${count === 1 ? word : `${word}s`}`;
