import type { ASTNode } from '@marcbachmann/cel-js';
import type { Compiled } from './compile-expression.ts';

/** The fields of `event` that an expression asks for by name, each once. Pure. */
export function fieldsRead({ ast }: Pick<Compiled, 'ast'>): string[] {
  const found = new Set<string>();
  visit(ast, found);
  return [...found];
}

function visit(node: unknown, found: Set<string>): void {
  if (Array.isArray(node)) {
    for (const one of node) visit(one, found);
    return;
  }
  if (!isNode(node)) return;
  if (node.op === '.' || node.op === '[]') {
    const [holder, key] = node.args;
    const name = typeof key === 'string' ? key : key.op === 'value' ? key.args : undefined;
    if (holder.op === 'id' && holder.args === 'event' && typeof name === 'string') found.add(name);
  }
  visit(node.args, found);
}

const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value;
