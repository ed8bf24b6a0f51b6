import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';

const notAllowed = 'which a workflow may not: files, network and clock belong in an activity';

/**
 * Says in one line what a bundler's many mean: `workflows/plants.ts:3:14: Unexpected token`.
 *
 * @param said - everything that it printed
 * @param home - paths in the answer begin here
 * @param cwd - paths in its words begin here
 */
export function bundleFault(said: string, home: string, cwd = process.cwd()): string | undefined {
  const where = (file: string, line: string | number, column: string | number) =>
    `${relative(home, resolve(cwd, file))}:${line}:${column}`;
  // The bundler counts in the code it made of the file, which has other lines.
  const whereLoaded = (file: string, name: string) => {
    const lines = readFileSync(resolve(cwd, file), 'utf8').split('\n');
    const at = lines.findIndex((line) => line.includes(`'${name}'`) || line.includes(`"${name}"`));
    return where(file, Math.max(at, 0) + 1, 1);
  };
  const syntax = /Error:\s+x (.+?)\n[\s\S]*?,-\[([^\]\n]+?):(\d+):(\d+)\]/.exec(said);
  if (syntax !== null) return `${where(syntax[2]!, syntax[3]!, syntax[4]!)}: ${syntax[1]!.trim()}`;
  const missing = /ERROR in (\S+\.ts) \d+:\d+-\d+\n(?:Module not found: Error: )?Can't resolve '([^']+)'/.exec(said);
  if (missing !== null) return `${whereLoaded(missing[1]!, missing[2]!)}: Can't resolve '${missing[2]}'`;
  const builtin = /ERROR in (node:[\w/]+)\n[\s\S]*?\n @ (\S+\.ts) \d+:\d+/.exec(said);
  if (builtin !== null) return `${whereLoaded(builtin[2]!, builtin[1]!)}: loads ${builtin[1]}, ${notAllowed}`;
  const banned = /importing the following disallowed modules[^']*('[^']+'(?:,?\s*-?\s*'[^']+')*)/.exec(said);
  if (banned !== null) return `workflows:1:1: A flow loads ${banned[1]!.replace(/\s+/g, ' ')}, ${notAllowed}`;
  return undefined;
}
