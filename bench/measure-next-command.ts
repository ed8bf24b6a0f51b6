/**
 * How often the next command is guessed: `npm run bench:next-command -- --data DIR [--json]`, of logs of commands as
 * training platforms keep them (JSON lists of `timestamp_str`, `cmd`, `wd`, `hostname`, `cmd_type`; one file is one person),
 * of 20 commands and more, in the order in which they began. Each command is guessed by its name before it is learned.
 * Beside it, as `markov`, the same for an interpolated Markov model of orders 2, 1 and 0, with what others did and what
 * was done lately, its weights searched on the development logs; as `markovPlain` with weights nobody searched.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  interpolate,
  type MarkovWeights,
  markovWeights,
  orderKeys,
  orders,
} from '../activities/memory/habits/interpolated-markov.ts';
import { nextCommand, sharedHabits } from '../activities/memory/habits/next-command.ts';
import type { Happening } from '../schemas/habits.ts';

const { values } = parseArgs({ options: { data: { type: 'string' }, json: { type: 'boolean', default: false } } });
if (values.data === undefined) throw new TypeError('Missing --data, a folder of logs of commands');
const leastCommands = 20;
const mostGuesses = 5;
const round = (value: number) => Math.round(value * 10_000) / 10_000;

const logs = readLogs(values.data);
const began = performance.now();
const own = play(() => {
  const shared = sharedHabits();
  return () => {
    const next = nextCommand(shared);
    return { guess: (at) => next.guess(at, mostGuesses).map(({ name }) => name), learn: next.learn };
  };
});
const tookMs = (performance.now() - began) / Math.max(1, own.guesses);
const markov = play(() => markovOf(markovWeights));
const plain: MarkovWeights = {
  ...{ own: [0.15, 0.3, 0.4], others: [0.05, 0.1, 0.1], lately: 0.15, latelyOver: 10, doubt: 1 },
};
const markovPlain = play(() => markovOf(plain));
const figures = {
  logs: logs.length,
  guesses: own.guesses,
  ...{ top1: own.top1, top5: own.top5, msPerCommand: round(tookMs) },
  markov: { top1: markov.top1, top5: markov.top5 },
  markovPlain: { top1: markovPlain.top1, top5: markovPlain.top5 },
  over: { top1: round(own.top1 - markov.top1), top5: round(own.top5 - markov.top5) },
  overPlain: { top1: round(own.top1 - markovPlain.top1), top5: round(own.top5 - markovPlain.top5) },
};
if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
else console.log(figures);

interface Guesser {
  guess(at: number): string[];
  learn(done: Happening): void;
}

/** Guesses, then learns, log after log; the first command of each is only learned. */
function play(make: () => () => Guesser) {
  const newPerson = make();
  const hits = { first: 0, among: 0 };
  let guesses = 0;
  for (const log of logs) {
    const person = newPerson();
    for (const [nth, done] of log.entries()) {
      if (nth > 0) {
        const guessed = person.guess(done.at);
        guesses += 1;
        if (guessed[0] === done.name) hits.first += 1;
        if (guessed.includes(done.name)) hits.among += 1;
      }
      person.learn(done);
    }
  }
  return { guesses, top1: round(hits.first / Math.max(1, guesses)), top5: round(hits.among / Math.max(1, guesses)) };
}

function markovOf(weights: MarkovWeights): () => Guesser {
  const others = orders();
  return () => {
    const counts = orders();
    const names: string[] = [];
    const last = new Map<string, number>();
    return {
      guess: () =>
        [...interpolate(counts, others, { names, last }, weights)]
          .sort((a, b) => b[1] - a[1])
          .slice(0, mostGuesses)
          .map(([name]) => name),
      learn: ({ name }) => {
        const keys = orderKeys({ names });
        for (const all of [counts, others]) for (const [order, table] of all.entries()) table.add(keys[order]!, name);
        names.push(name);
        last.set(name, names.length);
      },
    };
  };
}

interface LoggedCommand {
  readonly timestamp_str?: unknown;
  readonly cmd?: unknown;
  readonly wd?: unknown;
  readonly hostname?: unknown;
  readonly cmd_type?: unknown;
}

function readLogs(folder: string): Happening[][] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.jsonl?$/.test(file));
  return files
    .sort()
    .map((file) => readLog(readFileSync(join(folder, file), 'utf8')))
    .filter(({ length }) => length >= leastCommands)
    .sort((a, b) => a[0]!.at - b[0]!.at);
}

function readLog(text: string): Happening[] {
  return entriesOf(text)
    .flatMap(({ timestamp_str: stamp, cmd, wd, hostname, cmd_type: kind }): Happening[] => {
      const [at, line] = [Date.parse(String(stamp)), typeof cmd === 'string' ? cmd.trim() : ''];
      if (Number.isNaN(at) || line === '') return [];
      return [{ at, name: line.split(/\s+/)[0]!, line, place: `${hostname}:${kind}`, about: String(wd) }];
    })
    .sort((a, b) => a.at - b.at);
}

/** A list, or an entry a line; what is neither is no log. */
function entriesOf(text: string): LoggedCommand[] {
  const read = (part: string): LoggedCommand[] => {
    try {
      const found = JSON.parse(part) as unknown;
      return (Array.isArray(found) ? found : [found]).filter((one) => typeof one === 'object' && one !== null);
    } catch {
      return [];
    }
  };
  const whole = read(text);
  return whole.length > 0 ? whole : text.split('\n').flatMap(read);
}
