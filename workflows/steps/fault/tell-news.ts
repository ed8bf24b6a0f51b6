import { condition, sleep } from '@temporalio/workflow';
import { type FaultRun, tellOwner } from './tell-owner.ts';

/**
 * Tells that the service is well again or down again, at most once in each flapping window. What changes more often than
 * that is told at the end of the window, as it is then.
 */
export async function tellNews(run: FaultRun): Promise<never> {
  const { state } = run;
  const { flapping, service } = state.plan;
  for (;;) {
    await condition(() => state.down !== state.toldDown);
    const restMs = state.toldAt === 0 ? 0 : state.toldAt + flapping - Date.now();
    if (restMs > 0) {
      await sleep(restMs, { summary: 'at most one message in a flapping window' });
      if (state.down === state.toldDown) continue;
    }
    state.toldDown = state.down;
    state.toldAt = Date.now();
    const again = state.flaps === 0 ? '' : ` It went down again ${state.flaps} times.`;
    await tellOwner(run, {
      key: `news-${state.toldAt}`,
      subject: state.toldDown ? `${service} is down again` : `${service} is well again`,
      text: state.toldDown
        ? `It is the same fault, ${state.incidentId}.${again}`
        : `It is watched for a while longer before the fault is closed.${again}\nIncident: ${state.incidentId}`,
    });
  }
}
