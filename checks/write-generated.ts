import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cruise, type ICruiseOptions } from 'dependency-cruiser';
import { buildOpenapi } from '../api/build-openapi.ts';
import { routeTable } from '../api/route-table.ts';
import { editorSchema } from '../schemas/editor-schemas.ts';
import { type Failure, failures } from '../schemas/errors.ts';
import { type Flow, flows } from '../schemas/flows.ts';
import { type ModelOutcome, modelOutcomes } from '../schemas/model-outcomes.ts';
import { settingsTable } from '../schemas/settings.ts';
import { readLayerRules } from './check-layers.ts';
import { cutSource } from './cut-source.ts';
import { fillTriggers } from './fill-triggers.ts';

const root = resolve(import.meta.dirname, '..');
const folder = join(root, 'docs/generated');
const tour = join(root, 'docs/tour.md');
const triggers = join(root, 'docs/triggers.md');

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
const cell = (text: string) => text.replaceAll('|', '\\|');
const code = (text: string) => `\`${text}\``;

function flowsPage(): string {
  const all: [string, Flow][] = Object.entries(flows);
  const rows = all.map(([name, { startedBy, id, touches, does }]) => [
    code(name),
    startedBy.join(', '),
    code(id),
    touches.join(', '),
    does,
  ]);
  const arrows = all.flatMap(([name, { startedBy, touches }]) => [
    ...startedBy.map((start) => `  ${start}([${start}]) --> ${name}`),
    ...touches.map((group) =>
      group.endsWith('?') ? `  ${name} -.-> ${group.slice(0, -1)}` : `  ${name} --> ${group}`,
    ),
  ]);
  return page(
    'Flows',
    'schemas/flows.ts',
    'A `?` marks what not every run calls; it is a dotted arrow in the picture.',
    table(['flow', 'started by', 'workflow id', 'touches', 'does'], rows),
    ['```mermaid', 'flowchart LR', ...new Set(arrows), '```'].join('\n'),
  );
}

function errorsPage(): string {
  const rows = Object.entries(failures as Record<string, Failure>).map(([name, { kind, http, waitMs, remedy }]) => [
    code(name),
    waitMs === undefined ? kind : `${kind}, after ${waitMs / 1_000} s`,
    `${http}`,
    remedy,
  ]);
  return page(
    'Errors',
    'schemas/errors.ts',
    '`again` is tried once more by itself; `human` waits for a person; `final` is an ending.',
    table(['code', 'kind', 'HTTP', 'remedy'], rows),
  );
}

function outcomesPage(): string {
  const seconds = (ms: number) => `${ms / 1_000} s`;
  const all: [string, ModelOutcome][] = Object.entries(modelOutcomes);
  const rows = all.map(([name, { means, failure, next, rests, restMs, restMostMs, after, lastResort }]) => [
    code(name),
    means,
    next ? 'yes' : 'no',
    rests === 'nothing'
      ? ''
      : `the ${rests}, ${seconds(restMs)} to ${seconds(restMostMs)}${after === 1 ? '' : `, after ${after} in a row`}`,
    lastResort ? 'yes' : '',
    code(failure),
  ]);
  return page(
    'Outcomes of a call of a model',
    'schemas/model-outcomes.ts',
    'The same model is asked again by nobody but Temporal. A `Retry-After` of the provider takes the place of the rest.',
    table(
      [
        'outcome',
        'what came',
        'next model',
        'what rests',
        'asked while it rests, where there is nobody else',
        'if nobody answers',
      ],
      rows,
    ),
  );
}

function settingsPage(): string {
  const rows = Object.entries(settingsTable).map(([name, setting]) => [
    code(name),
    'secret' in setting ? `yes, or ${code(`${name}_FILE`)}` : '',
    setting.does,
  ]);
  return page('Settings', 'schemas/settings.ts', 'Environment variables.', table(['name', 'secret', 'does'], rows));
}

async function dependenciesPage(): Promise<string> {
  const { forbidden, options } = await readLayerRules();
  const layers = 'schemas store triggers workflows activities workers api cli'.split(' ');
  const { output } = await cruise(layers, {
    ...options,
    baseDir: root,
    collapse: '^[^/]+',
    includeOnly: `^(${layers.join('|')})(/|$)`,
    outputType: 'mermaid',
  } as ICruiseOptions);
  const rules = forbidden.map((rule) => [code(rule.name), (rule as { comment?: string }).comment ?? '']);
  return page(
    'Dependencies',
    '.dependency-cruiser.js',
    'An arrow means that a file of one folder loads a file of the other, types included.',
    ['```mermaid', String(output).trim(), '```'].join('\n'),
    table(['rule', 'why'], rules),
  );
}

const page = (title: string, source: string, ...parts: string[]) =>
  [`# ${title}`, `Printed from ${code(source)} by \`npm run generate\`; never edited by hand.`, ...parts, ''].join(
    '\n\n',
  );

const pages = async (): Promise<Record<string, string>> => ({
  'flows.md': flowsPage(),
  'errors.md': errorsPage(),
  'model-outcomes.md': outcomesPage(),
  'settings.md': settingsPage(),
  'dependencies.md': await dependenciesPage(),
  'openapi.json': `${JSON.stringify(buildOpenapi(routeTable), null, 2)}\n`,
  ...Object.fromEntries(
    (['trigger', 'channel', 'models', 'instance'] as const).map((kind) => [
      `schemas/${kind}.json`,
      `${JSON.stringify(editorSchema(kind), null, 2)}\n`,
    ]),
  ),
  '../triggers.md': fillTriggers(root, readOr(triggers) ?? ''),
  '../tour.md': cutSource(root, readOr(tour) ?? ''),
});

const [mode, name] = process.argv.slice(2);
const made = await pages();
if (mode === '--print') {
  console.log(made[`${name}.md`] ?? `unknown page ${name}, expected one of ${Object.keys(made).join(', ')}`);
} else if (mode === '--check') {
  const stale = Object.entries(made).filter(([file, text]) => readOr(join(folder, file)) !== text);
  for (const [file] of stale) console.error(`docs/generated/${file} is stale: run npm run generate`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  mkdirSync(join(folder, 'schemas'), { recursive: true });
  for (const [file, text] of Object.entries(made)) writeFileSync(join(folder, file), text);
  console.log(`wrote ${Object.keys(made).length} pages`);
}

function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
