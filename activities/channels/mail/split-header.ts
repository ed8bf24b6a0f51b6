export interface HeaderField {
  /** Lower case. */
  readonly name: string;
  /** Unfolded, undecoded, at most 16,384 characters. */
  readonly value: string;
}

export interface SplitHeader {
  /** The raw header block without the empty line that ends it. */
  readonly block: Uint8Array;
  /** Where the body begins. */
  readonly bodyAt: number;
  /** The first 1,000 fields of the first 262,144 bytes, in order. */
  readonly fields: readonly HeaderField[];
}

const maxBlockBytes = 262_144;
const maxFields = 1_000;
const maxValueChars = 16_384;
const lf = 10;
const cr = 13;

/** Splits a mail at the first empty line. Linear, never throws. @source RFC 5322 2.1, 2.2.3 */
export function splitHeader(raw: Uint8Array): SplitHeader {
  const { end, bodyAt } = emptyLine(raw);
  const block = raw.subarray(0, end);
  const text = Buffer.from(block.buffer, block.byteOffset, Math.min(block.length, maxBlockBytes)).toString('latin1');
  const fields: { name: string; value: string }[] = [];
  for (const line of text.split('\n')) {
    const last = fields.at(-1);
    if (/^[ \t]/.test(line)) {
      if (last !== undefined && last.value.length < maxValueChars) {
        last.value = `${last.value} ${line.trim()}`.slice(0, maxValueChars);
      }
      continue;
    }
    const colon = line.indexOf(':');
    if (colon < 1 || colon > 100) continue;
    if (fields.length === maxFields) break;
    const name = line.slice(0, colon).trim().toLowerCase();
    if (/^[!-9;-~]+$/.test(name)) fields.push({ name, value: line.slice(colon + 1, colon + 1 + maxValueChars).trim() });
  }
  return { block, bodyAt, fields };
}

/** The first field of that name. */
export function fieldOf(header: SplitHeader, name: string): string | undefined {
  return header.fields.find((field) => field.name === name)?.value;
}

function emptyLine(raw: Uint8Array): { end: number; bodyAt: number } {
  let at = -1;
  for (;;) {
    at = raw.indexOf(lf, at + 1);
    if (at === -1) return { end: raw.length, bodyAt: raw.length };
    if (raw[at + 1] === lf) return { end: at + 1, bodyAt: at + 2 };
    if (raw[at + 1] === cr && raw[at + 2] === lf) return { end: at + 1, bodyAt: at + 3 };
  }
}
