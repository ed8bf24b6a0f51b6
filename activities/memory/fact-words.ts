import { StewardError } from '../../schemas/errors.ts';
import type { Fact, FactSaid, FactWords } from '../../schemas/memory.ts';
import { slotOf } from './slot-of.ts';
import type { WorkingSet } from './working-set.ts';

/** UTF-16 code units of one fact: a sentence or two. */
const maxChars = 2_000;

/** A fact of which nothing is said but its words. */
export const plainly: FactWords = { text: '', kind: 'fact', names: [], scopes: [], pinned: false, joins: [] };

/** What is said, and of the rest what was before. @throws badInput */
export function filledIn(said: FactSaid, { text, kind, names, scopes, pinned, joins }: FactWords): FactWords {
  const words = { text, kind, names, scopes, pinned, joins, ...said };
  return { ...words, text: checked(words.text) };
}

function checked(text: string): string {
  const plain = text.trim();
  if (plain === '') throw new StewardError('badInput', 'There is nothing to remember: say it behind the command');
  if (plain.length <= maxChars) return plain;
  throw new StewardError(
    'badInput',
    `Cannot remember ${plain.length} characters as one fact, expected at most ${maxChars}`,
  );
}

/** Others that say something else of the same thing. Pure. */
export function againstIt({ facts }: Pick<WorkingSet, 'facts'>, { factId, text, scopes }: Fact): Fact[] {
  const slot = slotOf(text);
  if (slot === undefined) return [];
  return [...facts.values()].filter((other) => {
    const said = other.factId === factId ? undefined : slotOf(other.text);
    return said?.of === slot.of && said.value !== slot.value && mayHoldTogether(scopes, other.scopes);
  });
}

/** Whether there is somewhere where facts of both scopes hold. Pure. */
export const mayHoldTogether = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === 0 || b.length === 0 || a.some((one) => b.includes(one));
