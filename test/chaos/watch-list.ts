import { setTimeout as sleep } from 'node:timers/promises';

/** One answer of `GET /api/v1/triggers`, as far as a campaign looks at it. */
export interface ListView {
  /** When it was asked for and when it was there, as `performance.now()`. */
  readonly asked: number;
  readonly answered: number;
  /** Version in force by trigger, as its `deliver` says it. */
  readonly versions: ReadonlyMap<string, number>;
  /** Triggers whose newest text is broken, and whether an older one serves. */
  readonly faults: ReadonlyMap<string, boolean>;
}

const pauseMs = 15;

/** Asks for the list again and again, for everybody who waits for something to show in it. */
export class ListWatch {
  readonly #ask: () => Promise<Response>;
  readonly #waiting = new Set<(view: ListView) => void>();
  #over = false;
  readonly #running: Promise<void>;
  /** Asked, and no good answer. */
  refused = 0;

  constructor(ask: () => Promise<Response>) {
    this.#ask = ask;
    this.#running = this.#run();
  }

  /** The next view that comes in. */
  next(): Promise<ListView> {
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
    });
  }

  async stop(): Promise<void> {
    this.#over = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#over) {
      const asked = performance.now();
      try {
        const answer = await this.#ask();
        if (!answer.ok) throw new Error(`${answer.status}`);
        const view = viewOf(asked, (await answer.json()) as Listed);
        const told = [...this.#waiting];
        this.#waiting.clear();
        for (const tell of told) tell(view);
      } catch {
        this.refused += 1;
      }
      await sleep(pauseMs);
    }
  }
}

interface Listed {
  readonly triggers: readonly { readonly name: string; readonly deliver: readonly string[] }[];
  readonly faults: readonly { readonly path: string; readonly lastGoodInForce: boolean }[];
}

function viewOf(asked: number, { triggers, faults }: Listed): ListView {
  return {
    ...{ asked, answered: performance.now() },
    versions: new Map(triggers.map(({ name, deliver }) => [name, Number(/^mail:v(\d+)$/.exec(deliver[0] ?? '')?.[1])])),
    faults: new Map(
      faults.map(({ path, lastGoodInForce }) => [/([^/]+)\.yaml$/.exec(path)?.[1] ?? path, lastGoodInForce]),
    ),
  };
}
