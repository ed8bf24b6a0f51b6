import { ExpressionFault } from './expression-fault.ts';

/** What expressions may spend and make while they run. @source docs/design/expressions.md */
export const runLimits = {
  /** Steps of all expressions of one condition, and of all of one `map`: at most 0.3 s in all (2026-11, one core). */
  steps: 250_000,
  /** Characters of a text that is being put together. */
  text: 1_048_576,
} as const;

/** Counts the work of expressions: a part is a step, and so are 64 characters that are looked at. */
export class Budget {
  #left: number = runLimits.steps;

  /** Takes so many steps, and faults once everything is spent. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new ExpressionFault(`it takes more than ${runLimits.steps} steps`, { fatal: true });
  }

  /** Pays for looking at a text, as `spend` does. */
  read(text: string): string {
    this.look(text.length);
    return text;
  }

  /** Pays for looking at so many characters or bytes, as `spend` does. */
  look(length: number): void {
    this.spend(1 + Math.floor(length / 64));
  }

  /** Pays for a text that was put together, before it is; one that is too long faults. */
  write(characters: number): void {
    if (characters > runLimits.text) {
      throw new ExpressionFault(`it puts together a text of more than ${runLimits.text} characters`);
    }
    this.look(characters);
  }
}
