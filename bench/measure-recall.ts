/**
 * How much of what answers a question is found: `npm run bench:recall -- --data FILE [--pooled] [--json]`, of conversations in
 * the form of LoCoMo. A memory is a turn, with what its picture shows; counted are questions of categories 1 to 4 with
 * evidence, each by the part of its turns among the first 10. `--pooled`: all conversations in one store.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { makeLexicalIndex } from '../activities/memory/recall/lexical-index.ts';
import { rankMemories } from '../activities/memory/recall/rank-memories.ts';
import type { Remembered } from '../schemas/recall.ts';

interface Turn {
  readonly speaker: string;
  readonly dia_id: string;
  readonly text: string;
  readonly blip_caption?: string;
}
interface Sample {
  readonly sample_id: string;
  readonly conversation: Readonly<Record<string, string | readonly Turn[]>>;
  readonly qa: readonly {
    readonly question: string;
    readonly evidence: readonly string[];
    readonly category: number;
  }[];
}

const { values } = parseArgs({
  options: { data: { type: 'string' }, pooled: { type: 'boolean', default: false }, json: { type: 'boolean' } },
});
if (values.data === undefined) throw new TypeError('Missing --data, a file of conversations in the form of LoCoMo');
const samples = JSON.parse(readFileSync(values.data, 'utf8')) as readonly Sample[];
const stores = values.pooled ? [samples] : samples.map((one) => [one]);

const depths = [1, 5, 10, 20] as const;
const found = Object.fromEntries(depths.map((depth) => [depth, 0])) as Record<(typeof depths)[number], number>;
const byCategory = new Map<number, number[]>();
const tookMs: number[] = [];
let questions = 0;
for (const store of stores) {
  const index = makeLexicalIndex(store.flatMap(memoriesOf));
  const ids = new Set(index.memories.map(({ id }) => id));
  for (const { sample_id: sample, qa } of store)
    for (const { question, evidence, category } of qa) {
      const wanted = evidenceOf(sample, evidence).filter((id) => ids.has(id));
      if (category > 4 || wanted.length === 0) continue;
      const began = performance.now();
      const hits = rankMemories(index, question, depths.at(-1)!).map(({ id }) => id);
      tookMs.push(performance.now() - began);
      questions += 1;
      const partAt = (depth: number) => wanted.filter((id) => hits.slice(0, depth).includes(id)).length / wanted.length;
      for (const depth of depths) found[depth] += partAt(depth);
      byCategory.set(category, [...(byCategory.get(category) ?? []), partAt(10)]);
    }
}

const round = (value: number) => Math.round(value * 10_000) / 10_000;
const mean = (all: readonly number[]) => round(all.reduce((sum, one) => sum + one, 0) / all.length);
const figures = {
  ...Object.fromEntries(depths.map((depth) => [`recall@${depth}`, round(found[depth] / questions)])),
  ...{ questions, conversations: samples.length, pooled: values.pooled },
  byCategory: Object.fromEntries([...byCategory].sort(([a], [b]) => a - b).map(([kind, all]) => [kind, mean(all)])),
  p99Ms: round(tookMs.sort((a, b) => a - b)[Math.ceil(tookMs.length * 0.99) - 1]!),
};
process.stdout.write(`${JSON.stringify(figures, null, values.json ? 0 : 2)}\n`);

function memoriesOf({ sample_id: sample, conversation }: Sample): Remembered[] {
  return Object.entries(conversation).flatMap(([name, turns]) => {
    if (typeof turns === 'string') return [];
    const at = dayOf(String(conversation[`${name}_date_time`]));
    return turns.map(({ dia_id: id, speaker, text, blip_caption: shows }) => ({
      ...{ id: `${sample}/${id}`, text: shows === undefined ? text : `${text} ${shows}`, speaker },
      ...{ at, thread: `${sample}/${name}` },
    }));
  });
}

/** Such as `1:56 pm on 8 May, 2023`. */
function dayOf(said: string): Date {
  return new Date(`${said.replace(/^.* on /, '')} UTC`);
}

/** Some entries name several turns in one text. */
function evidenceOf(sample: string, evidence: readonly string[]): string[] {
  const ids = evidence.flatMap((one) => one.match(/D\d+:\d+/g) ?? []);
  return [...new Set(ids.map((id) => `${sample}/${id}`))];
}
