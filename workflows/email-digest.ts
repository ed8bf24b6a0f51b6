import type { FireInput, FlowOutcome } from '../schemas/flow-io.ts';
import { deliver } from './steps/deliver.ts';
import { makeDigest } from './steps/make-digest.ts';
import { note, runFire } from './steps/run-fire.ts';

/**
 * One digest of all mail that is in no digest yet.
 *
 *   schedule | mail -> emailDigest -> digest.claim -> digest.summarisePage -> digest.finish -> outbox.send
 *
 * Repeat: one fire is one digest; a mail is in exactly one. Failure: a busy mail server waits, an unanswered send is shown.
 */
export function emailDigest(fire: FireInput): Promise<FlowOutcome> {
  return runFire(fire, async () => {
    const { digestId, mails, byModel } = await makeDigest(fire);
    if (mails === 0) return { outcome: 'nothingNew', facts: { digest: digestId } };
    note(fire, 'delivering', { mails });
    const facts = await deliver(fire, 'digest', digestId);
    return { outcome: 'delivered', facts: { digest: digestId, mails, byModel, ...facts } };
  });
}
