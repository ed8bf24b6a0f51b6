import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';

/** One name that a file gives to others. */
export interface Exported {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly name: string;
  readonly kind: 'function' | 'class' | 'interface' | 'type' | 'value';
  /** The text of its docstring without stars, or undefined. */
  readonly doc?: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly id?: { readonly name: string } | null;
  readonly init?: Node | null;
  readonly declaration?: Node | null;
  readonly declarations?: readonly Node[];
}

/** All `.ts` files below a folder, as paths from the root; empty where the folder is not there. */
export function listSources(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => `${folder}/${path}`)
      .sort();
  } catch {
    return [];
  }
}

/** The names that one file declares and exports, each with its docstring. Re-exports are left out. */
export function readExports(root: string, file: string): Exported[] {
  const text = readFileSync(join(root, file), 'utf8');
  const { program, comments, errors } = parseSync(file, text);
  if (errors.length > 0) throw new SyntaxError(`Cannot read ${file}: ${errors[0]?.message}`);
  const docBefore = (start: number) => {
    const comment = comments.findLast(({ end }) => end <= start);
    if (comment?.type !== 'Block' || !comment.value.startsWith('*')) return undefined;
    if (text.slice(comment.end, start).trim() !== '') return undefined;
    return comment.value
      .slice(1)
      .replace(/^\s*\* ?/gm, '')
      .trim();
  };
  return (program.body as unknown as Node[]).flatMap((node) => {
    if (node.type !== 'ExportNamedDeclaration' || node.declaration == null) return [];
    const doc = docBefore(node.start);
    const line = text.slice(0, node.start).split('\n').length;
    return namesOf(node.declaration).map(({ name, kind }) => ({
      file,
      line,
      name,
      kind,
      ...(doc === undefined ? {} : { doc }),
    }));
  });
}

function namesOf(node: Node): Pick<Exported, 'name' | 'kind'>[] {
  const named = (kind: Exported['kind']) => (node.id == null ? [] : [{ name: node.id.name, kind }]);
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
      return named('function');
    case 'ClassDeclaration':
      return named('class');
    case 'TSInterfaceDeclaration':
      return named('interface');
    case 'TSTypeAliasDeclaration':
      return named('type');
    case 'VariableDeclaration':
      return (node.declarations ?? []).flatMap(({ id, init }) =>
        id == null ? [] : [{ name: id.name, kind: isFunction(init) ? ('function' as const) : ('value' as const) }],
      );
    default:
      return [];
  }
}

const isFunction = (node: Node | null | undefined) =>
  node?.type === 'ArrowFunctionExpression' || node?.type === 'FunctionExpression';
