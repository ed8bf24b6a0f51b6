import type { FireInput, FlowOutcome } from '../schemas/flow-io.ts';
import { report } from './proxies.ts';
import { deliver } from './steps/deliver.ts';
import { makeDigest } from './steps/make-digest.ts';
import { note, runFire } from './steps/run-fire.ts';

/**
 * The morning report: mail, what ran and what was missed, health, and what waits for the owner.
 *
 *   schedule -> morningReport -> digest.claim -> digest.summarisePage -> digest.finish -> report.make -> outbox.send
 *
 * Repeat: one slot is one report. Failure: with no channel it is kept and shown by `steward report`.
 */
export function morningReport(fire: FireInput): Promise<FlowOutcome> {
  return runFire(fire, async () => {
    const { digestId, mails } = await makeDigest(fire);
    const { reportId, subjectFacts } = await report.make({ fireId: fire.fireId, personId: fire.personId, digestId });
    note(fire, 'delivering', { mails, ...subjectFacts });
    const facts = await deliver(fire, 'report', reportId);
    return { outcome: 'reported', facts: { report: reportId, ...subjectFacts, mails, ...facts } };
  });
}
