import type { Outage, Scheduled } from './campaign.ts';

export type Expected = 'ran' | 'ranLate' | 'missed' | 'skipped' | 'cancelled';

interface Run {
  readonly slot: number;
  readonly late: boolean;
  readonly endsAt: number;
}

/** When something that is due at `at` can happen: then, or when the machine is on again. */
export function whenUp(at: number, outages: readonly Outage[]): number {
  return outages.find((one) => at >= one.from && at < one.to)?.to ?? at;
}

/**
 * The one right ending of each slot, worked out from docs/design/schedules.md alone.
 *
 * @param slots - oldest first
 * @param looks - when the slots were accounted for, oldest first; the first only sees the file
 */
export function expectEndings(
  schedule: Scheduled,
  slots: readonly number[],
  looks: readonly number[],
  outages: readonly Outage[],
): Map<number, Expected> {
  const endings = new Map<number, Expected>();
  let running: Run[] = [];
  const waiting: { slot: number; late: boolean }[] = [];

  /** Lets runs end up to an instant; an ended one lets the next of the queue begin. */
  const settle = (now: number) => {
    for (;;) {
      const ended = running.map((run) => ({ run, at: whenUp(run.endsAt, outages) })).sort((a, b) => a.at - b.at)[0];
      if (ended === undefined || ended.at > now) return;
      endings.set(ended.run.slot, ended.run.late ? 'ranLate' : 'ran');
      running = running.filter((run) => run !== ended.run);
      const next = running.length === 0 ? waiting.shift() : undefined;
      if (next !== undefined) running.push({ ...next, endsAt: ended.at + schedule.runMs });
    }
  };

  for (let at = 1; at < looks.length; at += 1) {
    const now = looks[at]!;
    settle(now);
    const owed = slots.filter((slot) => slot > looks[at - 1]! && slot <= now);
    const wanted = wantedOf(schedule, owed, now);
    for (const slot of owed) if (!wanted.includes(slot)) endings.set(slot, 'missed');
    const before = running;
    let blocked = running.length > 0;
    for (const slot of wanted) {
      const late = now - slot > 60_000;
      const begin = () => running.push({ slot, late, endsAt: now + schedule.runMs });
      if (schedule.overlap === 'allow') begin();
      else if (schedule.overlap === 'cancelPrevious') {
        if (slot === wanted.at(-1)) begin();
        else endings.set(slot, 'skipped');
      } else if (schedule.overlap === 'skip') {
        if (blocked) endings.set(slot, 'skipped');
        else begin();
        // Slots that are caught up together run side by side; one on time keeps out what comes after it.
        if (!late) blocked = true;
      } else if (running.length === 0 && waiting.length === 0) begin();
      else if (waiting.length < schedule.overlap.queue) waiting.push({ slot, late });
      else endings.set(slot, 'skipped');
    }
    if (schedule.overlap === 'cancelPrevious' && wanted.length > 0) {
      for (const run of before.filter((one) => one !== running.at(-1))) endings.set(run.slot, 'cancelled');
      running = running.slice(-1);
    }
    settle(now);
  }
  settle(Number.POSITIVE_INFINITY);
  return endings;
}

/** The slots of one look that are to run, by `missed`. */
function wantedOf({ missed }: Scheduled, owed: readonly number[], now: number): number[] {
  const late = owed.filter((slot) => now - slot > 60_000);
  const onTime = owed.filter((slot) => now - slot <= 60_000);
  const young = late.filter((slot) => now - slot <= missed.withinMs);
  if (missed.policy === 'all') return [...young.slice(Math.max(0, young.length - missed.max)), ...onTime];
  if (missed.policy === 'latest' && onTime.length === 0) return young.slice(-1).filter((slot) => slot === owed.at(-1));
  return onTime;
}
