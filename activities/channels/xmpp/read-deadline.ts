/** When the next timed read is due, whatever else goes on. */
export interface ReadDeadline {
  passed(): boolean;
  /** Begins the next wait. */
  again(): void;
}

/** Calls `wake` each time the deadline passes, until `over` aborts. @param everyMs - milliseconds between two reads */
export function readDeadline(everyMs: number, over: AbortSignal, wake: () => void): ReadDeadline {
  let passed = false;
  let timer: NodeJS.Timeout | undefined;
  over.addEventListener('abort', () => clearTimeout(timer));
  const again = () => {
    passed = false;
    if (over.aborted) return;
    const pass = () => {
      passed = true;
      wake();
    };
    // A longer wait would overflow and end at once.
    timer = setTimeout(pass, Math.min(everyMs, 2 ** 31 - 1));
  };
  again();
  return { passed: () => passed, again };
}
