import type { Files } from '../../../schemas/file-set.ts';
import type { TurnRow } from '../../../store/conversations/keep-answer.ts';
import { spentInTurn, spentSince } from '../../../store/conversations/turn-steps.ts';
import type { Store } from '../../../store/store.ts';
import type { SpentUp } from './thought.ts';

const dayMs = 24 * 3_600_000;

/**
 * Whether a turn, or the last 24 hours of its person, has used up what `agent:` allows. The ceiling is looked at before
 * each question, so that one answer is the most that goes beyond it. Reads only.
 *
 * @returns how many tokens are left, at least one
 */
export async function overBudget(
  { store, files }: { readonly store: Store; readonly files: Pick<Files, 'current'> },
  { id, personId }: Pick<TurnRow, 'id' | 'personId'>,
): Promise<{ readonly stop?: SpentUp; readonly left: number }> {
  const { tokens, cost, tokensPerDay, costPerDay } = files.current().instance.agent;
  const since = new Date(store.clock.now().getTime() - dayMs);
  const [turn, day] = await Promise.all([spentInTurn(store, id), spentSince(store, personId, since)]);
  const left = Math.max(1, Math.min(tokens - turn.tokens, tokensPerDay - day.tokens));
  if (turn.tokens >= tokens) return { stop: 'tokens', left };
  if (cost !== undefined && turn.cost >= cost) return { stop: 'cost', left };
  if (day.tokens >= tokensPerDay) return { stop: 'tokensPerDay', left };
  if (costPerDay !== undefined && day.cost >= costPerDay) return { stop: 'costPerDay', left };
  return { left };
}
