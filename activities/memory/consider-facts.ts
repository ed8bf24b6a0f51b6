import type { ConsiderAsk, ConsideredFacts, Fact } from '../../schemas/memory.ts';
import { standsIn } from './match-names.ts';
import { wordsOf } from './recall/terms-of.ts';
import { slotOf } from './slot-of.ts';
import { mayBeShown } from './working-set.ts';

/**
 * Which facts are to be thought of for what is said: preferences that hold everywhere, what is pinned, and what is named,
 * by its own names or by what its sentence says something of. What only sounds like it is left out: whoever looks for it
 * asks. Pure. @param facts - believed, oldest first
 */
export function considerFacts(
  facts: ReadonlyMap<string, Fact>,
  { said, scopes, most, leaves, on }: Omit<ConsiderAsk, 'personId'>,
): ConsideredFacts {
  const words = wordsOf(said);
  const here = [...facts.values()].reverse().filter((fact) => mayBeShown(fact, { leaves, scopes, on }));
  const always = here.filter(isAlways);
  const others = here.filter((fact) => !isAlways(fact));
  const named = others.filter((fact) => namesOf(fact).some((name) => standsIn(name, words)));
  const joined = new Set(named.flatMap(({ joins }) => joins));
  const found = others.filter((fact) => named.includes(fact) || joined.has(fact.factId));
  const isQuestion = ({ kind }: Fact) => kind === 'question';
  const pinned = others.filter((fact) => fact.pinned && !isQuestion(fact)).slice(0, most);
  return {
    ...{ always, pinned },
    named: found.filter((fact) => !fact.pinned && !isQuestion(fact)).slice(0, most - pinned.length),
    questions: others.filter((fact) => isQuestion(fact) && (fact.pinned || found.includes(fact))),
  };
}

/** Not found, since it is there at each question. */
const isAlways = ({ kind, scopes }: Fact) => kind === 'preference' && scopes.length === 0;

function namesOf({ names, text }: Fact): readonly string[] {
  const slot = names.length === 0 ? slotOf(text)?.of : undefined;
  return slot === undefined ? names : [slot];
}
