import { act, type CallOfTurn } from './act.ts';
import type { AgentDeps } from './agent-deps.ts';
import { carryOut, describeCall } from './carry-out.ts';
import { type ThinkInput, think } from './think.ts';
import type { Thought } from './thought.ts';

/** Steps of a turn that a model answers: it thinks, its calls are made, and what a person allowed is carried out. */
export function makeAgentActivities(deps: AgentDeps) {
  return {
    /** Has a model take the next step of a turn. May be repeated: a step on record is not bought again. @throws modelBusy, storeBusy */
    think: (input: ThinkInput): Promise<Thought> => think(deps, input),
    /** Makes one call that a model asked for, or says that a person is to be asked. May be repeated. @throws notFound, storeBusy, temporalBusy */
    act: (input: CallOfTurn): Promise<{ asks: boolean }> => act(deps, input),
    /** What a person is asked to allow. Reads only. @throws notFound, storeBusy */
    describe: (input: CallOfTurn) => describeCall(deps, input),
    /** Does what a person allowed, and says what came of it. May be repeated. @throws notFound, storeBusy, temporalBusy */
    carryOut: (input: CallOfTurn): Promise<void> => carryOut(deps, input),
  };
}
