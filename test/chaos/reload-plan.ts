import { seeded } from './kill-plan.ts';

/** How a text comes to lie on disk. `link`: through a symbolic link to a file elsewhere. */
const styles = ['inPlace', 'atomic', 'pieces', 'backup', 'link'] as const;
export type SaveStyle = (typeof styles)[number];

const mistakes = ['badYaml', 'badKey', 'badValue', 'noFlow', 'half', 'empty', 'binary'] as const;

export interface Mutation {
  /** 1-based; part of the text, so that the version in force can be told from outside. */
  readonly version: number;
  readonly lane: Lane;
  /** `killed`: a writer that is killed in the middle of a good text, and leaves the beginning of it. */
  readonly what: 'good' | 'killed' | (typeof mistakes)[number];
  readonly style: SaveStyle;
  /** What is to be written, whole. */
  readonly bytes: Buffer;
  /** Where it is broken off: by the kill, and between pieces. In bytes. */
  readonly cut: number;
}

/** One file each; they are changed beside each other. */
export const lanes = ['events', 'clock', 'report'] as const;
export type Lane = (typeof lanes)[number];

/**
 * The text of a good version. `run:` comes last, so that no beginning of it is a good file, whatever the loader thinks.
 * The triggers go on doing the same: only what a list shows of them changes.
 */
export function goodText(lane: Lane, version: number): string {
  const when = {
    events: 'when: { message: { channel: api, room: chaos } }\noverlap: allow',
    clock: `when: { schedule: "*/${4 + (version % 3)} * * * * *", timezone: UTC }\nmissed: { policy: none }\noverlap: allow`,
    report: `when: { schedule: "${version % 60} 3 * * *", timezone: Europe/Berlin }\nmissed: { policy: latest }`,
  }[lane];
  return `# version ${version}\ndeliver: [mail:v${version}]\ntags: [a${version % 7}]\n${when}\nrun: noop\n`;
}

/** The same seed gives the same mutations: half of them good, so many broken off by a kill, the rest wrong. */
export function reloadPlan(seed: number, count: number, kills: number): Mutation[] {
  const random = seeded(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const good = count - Math.floor(count / 2);
  const what: Mutation['what'][] = Array.from({ length: count }, (_, at) =>
    at < good ? 'good' : at < good + kills ? 'killed' : pick(mistakes),
  );
  for (let at = what.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [what[at], what[other]] = [what[other]!, what[at]!];
  }
  return what.map((kind, at) => {
    const version = at + 1;
    const lane = lanes[at % lanes.length]!;
    const text = goodText(lane, version);
    const cut = 1 + Math.floor(random() * (text.length - 3));
    return { version, lane, what: kind, style: pick(styles), bytes: bytesOf(kind, text, cut), cut };
  });
}

function bytesOf(what: Mutation['what'], text: string, cut: number): Buffer {
  switch (what) {
    case 'good':
    case 'killed':
      return Buffer.from(text);
    case 'badYaml':
      return Buffer.from(`${text}with: { a: [1, 2\n`);
    case 'badKey':
      return Buffer.from(`${text}prioritty: high\n`);
    case 'badValue':
      return Buffer.from(`${text}priority: sometime\n`);
    case 'noFlow':
      return Buffer.from(text.replace('run: noop', 'run: noopp'));
    case 'half':
      return Buffer.from(text.slice(0, cut));
    case 'empty':
      return Buffer.alloc(0);
    case 'binary':
      return Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe, 0x00, cut % 256]);
  }
}
