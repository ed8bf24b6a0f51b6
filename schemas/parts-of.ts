import type { ASTNode } from '@marcbachmann/cel-js';

/** The parts of a part of an expression: what is worked out before it is. Pure. */
export function partsOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case '.':
      return [node.args[0]];
    case '!_':
    case '-_':
      return [node.args];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    default:
      return node.args as readonly ASTNode[];
  }
}
