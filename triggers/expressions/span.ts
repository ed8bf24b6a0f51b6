import { ExpressionFault } from './expression-fault.ts';

const unitMs: Readonly<Record<string, number>> = {
  ...{ h: 3_600_000, m: 60_000, s: 1_000, ms: 1, us: 0.001, µs: 0.001, ns: 0.000_001 },
};
/** A hundred thousand years: more than any clock shows. */
const longestMs = 3.2e15;

/** A duration, to the millisecond. */
export class Span {
  readonly ms: number;

  /** Longer than a hundred thousand years is a fault. */
  constructor(ms: number) {
    if (!(Math.abs(ms) <= longestMs)) throw new ExpressionFault('a duration is out of range');
    this.ms = Math.trunc(ms);
  }

  /** `90.5s`, as CEL writes it in JSON. */
  toString(): string {
    return `${this.ms / 1000}s`;
  }
}

/** Reads `1h30m`, `-1.5s` and the like; anything else faults. @source pkg.go.dev/time#ParseDuration */
export function parseSpan(text: string): Span {
  const [, sign, rest] = /^([+-]?)((?:\d{1,12}(?:\.\d{1,9})?(?:ns|us|µs|ms|s|m|h)){1,8})$/.exec(text) ?? [];
  if (rest === undefined) throw new ExpressionFault('a text is no duration such as 1h30m');
  let ms = 0;
  for (const [, amount, unit] of rest.matchAll(/(\d+(?:\.\d+)?)([a-zµ]+)/g)) ms += Number(amount) * unitMs[unit!]!;
  return new Span(sign === '-' ? -ms : ms);
}
