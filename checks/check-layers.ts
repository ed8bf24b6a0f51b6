import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';

const layers = [
  'schemas',
  'store',
  'triggers',
  'workflows',
  'activities',
  'workers',
  'api',
  'cli',
  'checks',
  'bench',
  'test',
];

interface Breach {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** The rules and options of `.dependency-cruiser.js`. */
export async function readLayerRules(): Promise<{ forbidden: { name: string }[]; options: ICruiseOptions }> {
  // A plain script has no types; by address the compiler does not look for them.
  const file = new URL('../.dependency-cruiser.js', import.meta.url).href;
  return ((await import(file)) as { default: { forbidden: { name: string }[]; options: ICruiseOptions } }).default;
}

interface SwcVisitor {
  visitStatement(statement: { type: string; decls?: unknown[] }): unknown;
  visitVariableDeclarators(declarators: unknown[]): unknown[];
}

/** The walker of @swc/core 1.16 stops at `using`; dependency-cruiser inherits what it is taught here. */
function teachUsing(): void {
  const found = createRequire(import.meta.url)('@swc/core/Visitor.js') as
    | { prototype: SwcVisitor }
    | { Visitor: { prototype: SwcVisitor } };
  const { prototype } = 'Visitor' in found ? found.Visitor : found;
  const known = prototype.visitStatement;
  prototype.visitStatement = function (this: SwcVisitor, statement) {
    if (statement.type !== 'UsingDeclaration') return known.call(this, statement);
    statement.decls = this.visitVariableDeclarators(statement.decls ?? []);
    return statement;
  };
}
teachUsing();

/** Lists every breach of the layer rules under a root folder, and how many files were read. */
export async function checkLayers(root: string): Promise<{ breaches: Breach[]; modules: number }> {
  const { forbidden, options } = await readLayerRules();
  const { output } = await cruise(
    layers.filter((folder) => existsSync(join(root, folder))),
    { ...options, ruleSet: { forbidden }, validate: true, baseDir: root } as ICruiseOptions,
  );
  const { modules, summary } = output as ICruiseResult;
  return {
    modules: modules.filter((module) => !module.source.includes('node_modules')).length,
    breaches: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { breaches, modules } = await checkLayers(process.cwd());
  for (const { rule, from, to } of breaches) console.error(`${from}: loads ${to} against "${rule}"`);
  console.log(`layers: ${modules} files, ${breaches.length} breaches`);
  // A parser that reads nothing finds nothing wrong.
  process.exitCode = breaches.length > 0 || modules === 0 ? 1 : 0;
}
