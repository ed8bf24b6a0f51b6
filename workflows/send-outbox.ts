import { settleOutbox } from './steps/settle-outbox.ts';

/**
 * Takes up an effect that its own flow left behind.
 *
 *   sweep -> sendOutbox -> outbox.send
 *
 * Repeat: `outbox:<id>`, one at a time. Failure: what cannot be known stays `unknown` and is shown.
 */
export async function sendOutbox({ outboxId }: { outboxId: string }): Promise<{ outcome: string }> {
  return { outcome: await settleOutbox(outboxId) };
}
