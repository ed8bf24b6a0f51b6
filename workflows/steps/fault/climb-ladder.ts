import { condition } from '@temporalio/workflow';
import { entry, type FaultRun, howToAcknowledge, keep, tellOwner, whole } from './tell-owner.ts';

/**
 * Tells the next places, each at its time after the first message, as long as nobody has acknowledged. A rung whose time
 * comes while the service is well waits until it is down again.
 */
export async function climbLadder(run: FaultRun): Promise<void> {
  const { state } = run;
  const { escalate } = state.plan;
  while (state.rungs < escalate.length) {
    const rung = escalate[state.rungs]!;
    const waitMs = state.beganAt + rung.after - Date.now();
    if (waitMs > 0) await condition(() => state.acknowledged, waitMs);
    await condition(() => state.acknowledged || state.down);
    if (state.acknowledged) return;
    await whole(run, () => tellRung(run, rung.notify));
  }
}

async function tellRung(run: FaultRun, to: readonly string[]): Promise<void> {
  const { state } = run;
  const number = state.rungs + 1;
  await keep(run, [entry(`nobody has acknowledged: step ${number} of the ladder is told`)]);
  // What others did meanwhile came with the answer.
  if (state.acknowledged) return;
  await tellOwner(run, {
    key: `rung-${number}`,
    subject: `${state.plan.service} still has a fault, and nobody has acknowledged`,
    text: `Since ${new Date(state.beganAt).toISOString()}.\n${howToAcknowledge(state)}`,
    to,
  });
  state.rungs = number;
}
