/**
 * What came out of words from outside: a mail, a page, an attachment. Whatever made it, a rule or a model, its writer may
 * have had a hand in it, so it has no authority. It is read by people; whoever is to act on it must ask one first.
 *
 * The value has one way out, which says what it is for. It does not become text or JSON by itself.
 *
 * @source Willison, The Dual LLM pattern (2023); Debenedetti et al., CaMeL, arXiv 2503.18813
 */
export class Tainted<T> {
  readonly #value: T;
  /** Row that the words are of. */
  readonly source: string;

  constructor(value: T, source: string) {
    this.#value = value;
    this.source = source;
  }

  /** To be read by a person, never to be acted on: no address, no command and no link may be taken from it. */
  get forReading(): T {
    return this.#value;
  }

  toString(): never {
    throw new TypeError(`Cannot make text of words of ${this.source} without saying what for`);
  }

  toJSON(): never {
    return this.toString();
  }
}
