import { StewardError } from '../../schemas/errors.ts';
import { type Fact, type FactSaid, type FactWords, wordsOf } from '../../schemas/memory.ts';
import { slotOf } from './slot-of.ts';
import type { WorkingSet } from './working-set.ts';

/** UTF-16 code units of one fact: a sentence or two. */
const maxChars = 2_000;

/** A fact of which nothing is said but its words. */
export const plainly: FactWords = { text: '', kind: 'fact', names: [], scopes: [], pinned: false, joins: [] };

/** What is said, and of the rest what was before. @throws badInput */
export function filledIn(said: FactSaid, before: FactWords): FactWords {
  const words = wordsOf({ ...wordsOf(before), ...said });
  const { validFrom, validTo } = words;
  if (validFrom !== undefined && validTo !== undefined && new Date(validTo) <= new Date(validFrom))
    throw new StewardError('badInput', `It cannot hold from ${validFrom} until ${validTo}, which is not later`);
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
export function againstIt({ facts }: Pick<WorkingSet, 'facts'>, fact: Fact): Fact[] {
  const { factId, text } = fact;
  const slot = slotOf(text);
  if (slot === undefined) return [];
  return [...facts.values()].filter((other) => {
    const said = other.factId === factId ? undefined : slotOf(other.text);
    return said?.of === slot.of && said.value !== slot.value && mayHoldTogether(fact, other);
  });
}

/** Whether there is somewhere, and some time, where two facts hold both. Pure. */
export function mayHoldTogether(a: FactWords, b: FactWords): boolean {
  const somewhere = a.scopes.length === 0 || b.scopes.length === 0 || a.scopes.some((one) => b.scopes.includes(one));
  const isOver = (one: FactWords, other: FactWords) =>
    one.validTo !== undefined && other.validFrom !== undefined && new Date(one.validTo) <= new Date(other.validFrom);
  return somewhere && !isOver(a, b) && !isOver(b, a);
}
