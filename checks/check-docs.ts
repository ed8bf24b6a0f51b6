import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { failures } from '../schemas/errors.ts';
import { type Exported, listSources, readExports } from './read-exports.ts';

const folders = ['schemas', 'store', 'triggers', 'activities', 'workflows'];
/** Interfaces of inputs and outputs explain themselves by their fields; a place of many still needs a sentence. */
const kinds: readonly Exported['kind'][] = ['function', 'class'];
/** What the language itself throws, and what a docstring may name without a row in `failures`. */
const builtIn = new Set(['TypeError', 'RangeError', 'SyntaxError', 'Error', 'what', 'whatever', 'and']);

/** A code of the operating system, where a file is read for a caller who knows what that means. */
const isErrno = (code: string) => /^E[A-Z]{3,}$/.test(code);

/** What is wrong with the docstrings of one root folder, one line each; and how many exports were read. */
export function checkDocs(root: string): { faults: string[]; exports: number } {
  const exported = folders.flatMap((folder) => listSources(root, folder).flatMap((file) => readExports(root, file)));
  return { faults: exported.flatMap(faultsOf), exports: exported.length };
}

function faultsOf({ file, line, name, kind, doc }: Exported): string[] {
  const at = `${file}:${line}: ${name}`;
  if (doc === undefined) return kinds.includes(kind) ? [`${at} has no docstring`] : [];
  const faults: string[] = [];
  const [sentence = ''] = doc.split(/\n\s*\n|\n@/);
  if (!/^[A-Z0-9`“"/$]/.test(sentence) || !/[.:!?`|)]$/.test(sentence.trim().replace(/\s*@.*$/s, ''))) {
    faults.push(`${at} has a docstring that is not a sentence`);
  }
  for (const code of thrownCodes(doc)) {
    if (!(code in failures) && !builtIn.has(code) && !isErrno(code))
      faults.push(`${at} throws ${code}, which schemas/errors.ts does not list`);
  }
  return faults;
}

/** The codes of `@throws a, b when ...`: words by comma until the first other word. */
function thrownCodes(doc: string): string[] {
  return [...doc.matchAll(/@throws\s+([^\n]*)/g)].flatMap(([, text = '']) => {
    const list = /^(?:\{?[A-Za-z]+\}?(?:\s*(?:,|or|and)\s+|$|(?=\s)))+/.exec(text)?.[0] ?? '';
    return (/^[A-Za-z]+(?:\s*,\s*[A-Za-z]+)*/.exec(list)?.[0] ?? '').split(/\s*,\s*/).filter((word) => word !== '');
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { faults, exports } = checkDocs(resolve(import.meta.dirname, '..'));
  for (const fault of faults) console.error(fault);
  console.log(`docs: ${exports} exports, ${faults.length} faults`);
  process.exitCode = faults.length > 0 || exports === 0 ? 1 : 0;
}
