import { condition } from '@temporalio/workflow';
import { facing } from '../../proxies.ts';
import { entry, type FaultRun, howToAcknowledge, keep, tellOwner } from './tell-owner.ts';

/** Tells the owner first, then looks around, then does the one thing that the plan says. */
export async function beginHandling(run: FaultRun): Promise<void> {
  const { state } = run;
  const { service, diagnose, action } = state.plan;
  await tellOwner(run, {
    key: 'fault',
    subject: `${service} has a fault`,
    text: [
      ...(state.found === undefined ? [] : [`Found: ${state.found}.`]),
      ...(action === undefined ? [] : [`What is done about it: ${action.name}.`]),
      howToAcknowledge(state),
    ].join('\n'),
  });
  await keep(run, [entry('the owner is told')]);
  for (const [step, name] of diagnose.entries()) {
    if (state.closedByOwner) return;
    const { detail } = await facing.diagnose({ fireId: run.fireId, step });
    await keep(run, [entry(`look "${name}": ${detail}`)]);
  }
  if (action !== undefined && !state.closedByOwner) await act(run, action);
}

async function act(run: FaultRun, { name, wait }: { name: string; wait: number }): Promise<void> {
  const { state } = run;
  for (;;) {
    await keep(run, [entry(`action "${name}" begins`)]);
    const done = await facing.act({ fireId: run.fireId });
    state.action = done.state;
    await keep(run, [entry(`action "${name}": ${wordsFor[done.state]}, ${done.detail} (${done.outboxId})`)]);
    if (done.state !== 'queued') return;
    await condition(() => state.closedByOwner, wait);
    if (state.closedByOwner) return;
  }
}

const wordsFor = {
  sent: 'done',
  failed: 'refused',
  queued: 'nothing happened, it is tried again',
  unknown: 'it is not known whether it happened, so it is not called again',
  sending: 'under way',
} as const;
