import { condition } from '@temporalio/workflow';

/**
 * What a run does beside local work happens in one order, live and when it is read again.
 *
 * A task that holds on to local work for longer than 8 s asks the server for more time, and is told meanwhile what else
 * happened: a timer, an answer, a signal. When the run is read again the local work has its result first. So whatever
 * is awaited beside it goes on only once there is none, and once whoever did it has said what it does next.
 *
 * @source a run that no longer replayed: `Activity id of scheduled event '123' does not match activity id of activity
 * command '124'`; test/flows/one-order.test.ts
 */
let kept = false;
let local = 0;

/** From now on this run keeps to one order. A run of before goes on as it began: behind `patched`. */
export function keepOneOrder(): void {
  kept = true;
}

/** Does local work, one piece at a time. */
export function locally<T>(work: () => Promise<T>): Promise<T> {
  return kept ? counted(work) : work();
}

/** Waits for what is done elsewhere, and then for the end of local work. */
export function beside<T>(work: Promise<T>): Promise<T> {
  return kept ? inTurn(work) : work;
}

/** Takes up what a signal says, after the end of local work. */
export function inOneOrder(take: () => void): void {
  if (kept) void quiet().then(take);
  else take();
}

async function counted<T>(work: () => Promise<T>): Promise<T> {
  local += 1;
  try {
    return await work();
  } finally {
    local -= 1;
  }
}

async function inTurn<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } finally {
    await quiet();
  }
}

async function quiet(): Promise<void> {
  let looked = false;
  // Not at once: who did local work until now is to go first, whichever of the two came first.
  await condition(() => {
    if (looked) return local === 0;
    looked = true;
    return false;
  });
}
