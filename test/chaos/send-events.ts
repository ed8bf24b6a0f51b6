import { setTimeout as sleep } from 'node:timers/promises';

const perSecond = 20;
const retryMs = 250;
/** More on their way than this is no longer so many a second; the rate that was reached is reported. */
const mostUnderWay = 200;

/** Messages as they were answered: 202, and with which fires. */
export interface SentEvents {
  /** Fire ids by message id; exactly one each where nothing is lost. */
  readonly fires: Record<string, string[]>;
  /** The next message's number; the same number is the same message. */
  next: number;
  /** Answers other than 202, and none at all; each was sent again under the same id. */
  again: number;
}

/** Sends a message each 50 ms until `over`, and each again until it is acknowledged. */
export async function sendEvents(
  post: (message: { id: string; room: string; text: string }) => Promise<Response>,
  sent: SentEvents,
  seed: number,
  over: () => boolean,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const send = async (id: string, at: number) => {
    for (;;) {
      try {
        const answer = await post({ id, room: 'chaos', text: `Note ${at}` });
        if (answer.status === 202) {
          const { fires } = (await answer.json()) as { fires: { fireId: string }[] };
          sent.fires[id] = fires.map((fire) => fire.fireId);
          return;
        }
      } catch {
        // No answer: whether it was taken is not known, and the same id is the same message.
      }
      sent.again += 1;
      await sleep(retryMs);
    }
  };
  const began = performance.now();
  for (let tick = 0; !over(); tick += 1) {
    await sleep(Math.max(0, began + (tick * 1_000) / perSecond - performance.now()));
    if (underWay.size >= mostUnderWay) continue;
    const at = sent.next;
    sent.next += 1;
    const one = send(`chaos-${seed}-${at}`, at).finally(() => underWay.delete(one));
    underWay.add(one);
  }
  await Promise.all(underWay);
}
