/**
 * Whether the right facts are thought of, and no others: `npm run bench:precision -- --data DIR [--json]`, on the cases of
 * PrecisionMemBench (tenurehq/precisionMemBench, MIT). Its beliefs become facts as `POST /api/v1/memory` keeps them, those
 * that were superseded or settled are no facts any more, and each question is asked in the scopes that it names.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { considerFacts } from '../activities/memory/consider-facts.ts';
import type { FactKind } from '../schemas/fact-kinds.ts';
import type { Fact } from '../schemas/memory.ts';

interface Belief {
  readonly _id: string;
  readonly user_id: string;
  readonly type: string;
  readonly canonical_name: string;
  readonly aliases: readonly string[];
  readonly content: string;
  readonly scope: readonly string[];
  readonly epistemic_status: string;
  readonly pinned: boolean;
  readonly resolved_at: string | null;
  readonly superseded_by: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly participants?: readonly string[];
}
interface Ids {
  readonly mustInclude?: readonly string[];
  readonly mustExclude?: readonly string[];
  readonly shouldOnlyInclude?: readonly string[];
}
interface Case {
  readonly caseId: string;
  readonly category: string;
  readonly userId?: string;
  readonly scope: readonly string[];
  readonly query: string;
  readonly budget?: { readonly maxBeliefs: number };
  readonly expect: {
    readonly personaPrelude?: {
      readonly nonEmpty?: boolean;
      readonly isNull?: boolean;
      readonly contains?: readonly string[];
      readonly mustNotContain?: readonly string[];
    };
    readonly pinnedFacts?: Ids;
    readonly relevantBeliefs?: Ids;
    readonly openQuestions?: Ids;
  };
}

const { values } = parseArgs({ options: { data: { type: 'string' }, json: { type: 'boolean' } } });
if (values.data === undefined) throw new TypeError('Missing --data, the folder of PrecisionMemBench');
const read = <T>(file: string) => JSON.parse(readFileSync(join(values.data!, file), 'utf8')) as readonly T[];
const beliefs = read<Belief>('beliefs.seed.json');
const cases = read<Case>('retrieval.cases.json');

/** As many as a turn of a conversation is told unasked. */
const most = 12;
const kinds: Readonly<Record<string, FactKind>> = {
  ...{ preference: 'preference', decision: 'decision', relation: 'relation', open_question: 'question' },
};
const everywhere = 'user:universal';
const users = new Set(beliefs.map(({ user_id: user }) => user));
const [owner = ''] = users;
const owned = new Map([...users].map((user) => [user, factsOf(user)]));

const failures: { id: string; category: string; why: string }[] = [];
let leaks = 0;
for (const one of cases) {
  const user = one.userId ?? owner;
  const said = considerFacts(owned.get(user) ?? new Map(), {
    ...{ said: one.query, scopes: one.scope, most: one.budget?.maxBeliefs ?? most },
  });
  const shown = [...said.always, ...said.pinned, ...said.named, ...said.questions];
  if (shown.some(({ factId }) => beliefs.find(({ _id }) => _id === factId)!.user_id !== user)) leaks += 1;
  leaks += shown.filter(({ scopes }) => scopes.length > 0 && !scopes.some((scope) => one.scope.includes(scope))).length;
  const why = [
    ...faultsOf('pinned', said.pinned, one.expect.pinnedFacts),
    ...faultsOf('named', said.named, one.expect.relevantBeliefs),
    ...faultsOf('questions', said.questions, one.expect.openQuestions),
    ...preludeFaults(said.always, one.expect.personaPrelude),
  ];
  if (why.length > 0) failures.push({ id: one.caseId, category: one.category, why: why.join('; ') });
}
const figures = { passed: cases.length - failures.length, of: cases.length, leaks, failures };
process.stdout.write(`${JSON.stringify(figures, null, values.json ? 0 : 2)}\n`);

function factsOf(user: string): ReadonlyMap<string, Fact> {
  const believed = beliefs
    .filter((one) => one.user_id === user && one.superseded_by === null && one.epistemic_status !== 'superseded')
    .filter(({ resolved_at: settled }) => settled === null)
    .sort((a, b) => Date.parse(a.updated_at) - Date.parse(b.updated_at));
  return new Map(believed.map((one) => [one._id, factOf(one)]));
}

function factOf(one: Belief): Fact {
  const [since, recordedAt] = [new Date(one.created_at), new Date(one.updated_at)];
  return {
    ...{ factId: one._id, version: 1, change: 'stated', origin: 'owner', source: { channel: 'bench' } },
    ...{ localOnly: false, since, recordedAt, text: one.content, kind: kinds[one.type] ?? 'fact' },
    names: [one.canonical_name, ...one.aliases],
    scopes: one.scope.filter((scope) => scope !== everywhere),
    ...{ pinned: one.pinned, joins: one.participants ?? [] },
  };
}

function faultsOf(tier: string, facts: readonly Fact[], expected: Ids = {}): string[] {
  const ids = facts.map(({ factId }) => factId);
  const { mustInclude = [], mustExclude = [], shouldOnlyInclude } = expected;
  const missing = [...mustInclude, ...(shouldOnlyInclude ?? [])].filter((id) => !ids.includes(id));
  const wrong = ids.filter((id) => mustExclude.includes(id) || shouldOnlyInclude?.includes(id) === false);
  return [
    ...(missing.length === 0 ? [] : [`${tier} lacks ${missing.join(', ')}`]),
    ...(wrong.length === 0 ? [] : [`${tier} has ${wrong.join(', ')}`]),
  ];
}

function preludeFaults(always: readonly Fact[], expected: Case['expect']['personaPrelude'] = {}): string[] {
  const text = always.map((fact) => fact.text).join('\n');
  const { nonEmpty, isNull, contains = [], mustNotContain = [] } = expected;
  return [
    ...(nonEmpty === true && text === '' ? ['no preference holds always'] : []),
    ...(isNull === true && text !== '' ? ['a preference holds always'] : []),
    ...contains.filter((word) => !text.toLowerCase().includes(word)).map((word) => `always lacks "${word}"`),
    ...mustNotContain.filter((word) => text.includes(word)).map((word) => `always has "${word}"`),
  ];
}
