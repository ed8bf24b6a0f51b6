import { and, asc, eq, gte, sql } from 'drizzle-orm';
import { turnSteps } from '../../schemas/db/turn-steps.ts';
import type { AnsweredAsk } from '../../schemas/model-chat.ts';
import type { StoreIn } from '../store.ts';

/** What a call of a model came to, as the model is told. */
export interface CallResult {
  readonly text: string;
  /** Set where a person is to be asked first; then nothing was done. */
  readonly asks?: true;
}

export interface TurnStep {
  readonly step: number;
  /** 0: what the model said. From 1: what its nth call came to. */
  readonly call: number;
  readonly tainted: boolean;
  readonly content: AnsweredAsk | CallResult;
}

interface Where {
  readonly turnId: string;
  readonly personId: string;
  readonly step: number;
  readonly call: number;
}

const sealPlace = ({ turnId, personId, step, call }: Where) => ({
  ...{ table: 'turn_steps', row: `${turnId}:${step}:${call}`, column: 'content', person: personId },
});

/** All that was said and done in a turn so far, in its order. Reads only. @throws sealBroken */
export async function readSteps(store: StoreIn, turnId: string): Promise<TurnStep[]> {
  const rows = await store.db
    .select()
    .from(turnSteps)
    .where(eq(turnSteps.turnId, turnId))
    .orderBy(asc(turnSteps.step), asc(turnSteps.call));
  return rows.map((row) => {
    const unit = store.keys.unit(row.personId, row.wrappedKey);
    const content = JSON.parse(unit.open(sealPlace(row), row.content).toString()) as TurnStep['content'];
    return { step: row.step, call: row.call, tainted: row.tainted, content };
  });
}

/** Keeps what a model said, or what a call came to. May be repeated: the first one stays. */
export async function keepStep(
  store: StoreIn,
  where: Where,
  content: TurnStep['content'],
  tainted: boolean,
): Promise<void> {
  const unit = store.keys.newUnit(where.personId);
  const spent =
    'model' in content
      ? {
          model: content.model,
          inputTokens: content.tokens.input,
          outputTokens: content.tokens.output,
          cost: content.cost,
        }
      : {};
  await store.db
    .insert(turnSteps)
    .values({
      ...{ ...where, ...spent, tainted, createdAt: store.clock.now() },
      ...{ wrappedKey: unit.wrapped, content: unit.seal(sealPlace(where), JSON.stringify(content)) },
    })
    .onConflictDoNothing();
}

export interface Spent {
  /** In and out. */
  readonly tokens: number;
  readonly cost: number;
}

/** What a turn has cost. Reads only. */
export const spentInTurn = (store: StoreIn, turnId: string): Promise<Spent> => sum(store, eq(turnSteps.turnId, turnId));

/** What a person's turns have cost since an instant. Reads only. */
export const spentSince = (store: StoreIn, personId: string, since: Date): Promise<Spent> =>
  sum(store, and(eq(turnSteps.personId, personId), gte(turnSteps.createdAt, since)));

async function sum({ db }: StoreIn, which: ReturnType<typeof and>): Promise<Spent> {
  const [row] = await db
    .select({
      tokens: sql<number>`coalesce(sum(${turnSteps.inputTokens} + ${turnSteps.outputTokens}), 0)::float8`,
      cost: sql<number>`coalesce(sum(${turnSteps.cost}), 0)::float8`,
    })
    .from(turnSteps)
    .where(which);
  return row!;
}
