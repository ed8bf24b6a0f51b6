import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { StewardError } from '../schemas/errors.ts';
import { type ExportedFact, type ImportedFacts, mostExported } from '../schemas/memory-export.ts';
import { apiClient } from './api-client.ts';
import { openMemoryFile, sealMemoryFile } from './memory-file.ts';
import { printResult } from './print.ts';

const path = '/api/v1/memory';
const leastChars = 8;

/** `steward memory export` and `import`: facts with all their versions, in a file that a passphrase seals. */
export function registerCarry(memory: Command): void {
  memory
    .command('export')
    .description('all facts with all their versions, into a file that a passphrase seals')
    .argument('<file>', 'must not be there yet')
    .addHelpText('after', '\nThe passphrase is asked for, or read from STEWARD_PASSPHRASE.')
    .action(async (file: string) => {
      const facts: ExportedFact[] = [];
      for (let page: ExportedFact[] | undefined; page === undefined || page.length === mostExported; ) {
        const after = facts.at(-1)?.id;
        const query = after === undefined ? '' : `?after=${after}`;
        page = (await apiClient().get<{ facts: ExportedFact[] }>(`${path}/export${query}`)).facts;
        facts.push(...page);
      }
      const sealed = sealMemoryFile(facts, new Date(), await passphraseOf('Passphrase for the file'));
      try {
        writeFileSync(file, sealed, { mode: 0o600, flag: 'wx' });
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
        throw new StewardError('badInput', `${file} is there already`, { cause });
      }
      printResult({ file, facts: facts.length, bytes: sealed.length }, `${facts.length} facts are in ${file}`);
    });
  memory
    .command('import')
    .description('take in facts that were exported; what is here stays, and what was forgotten here stays so')
    .argument('<file>')
    .action(async (file: string) => {
      const { facts } = openMemoryFile(readFileSync(file), await passphraseOf('Passphrase of the file'));
      const counts = { added: 0, known: 0, forgotten: 0 };
      for (let from = 0; from < facts.length; from += mostExported) {
        const body = { facts: facts.slice(from, from + mostExported) };
        const done = await apiClient().post<ImportedFacts>(`${path}/import`, body);
        for (const key of ['added', 'known', 'forgotten'] as const) counts[key] += done[key];
      }
      const { added, known, forgotten } = counts;
      printResult(counts, `${added} taken in, ${known} were here, ${forgotten} were forgotten here and stay so`);
    });
}

async function passphraseOf(message: string): Promise<string> {
  const given = process.env.STEWARD_PASSPHRASE;
  const { password } = given === undefined ? await import('@inquirer/prompts') : { password: undefined };
  const words = given ?? (await password!({ message, mask: true }));
  if (words.length >= leastChars) return words;
  throw new StewardError('badInput', `The passphrase has ${words.length} characters, expected at least ${leastChars}`);
}
