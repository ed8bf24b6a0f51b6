import type { Command } from 'commander';
import { StewardError } from '../schemas/errors.ts';
import { apiClient } from './api-client.ts';
import { printResult } from './print.ts';

/** `steward secret set NAME`: seals a value that files may refer to. It is never shown again. */
export function register(program: Command): void {
  const secret = program.command('secret').description('seal values that files may refer to');
  secret
    .command('set')
    .description('seal a value; from the terminal, unseen, or from a pipe')
    .argument('<name>', 'letters, digits and . _ -')
    .action(async (name: string) => {
      const value = await readValue(name);
      await apiClient().post(`/api/v1/secrets/${encodeURIComponent(name)}`, { value });
      printResult({ name }, `sealed; files may say $\{secret:${name}}`);
    });
}

async function readValue(name: string): Promise<string> {
  if (process.stdin.isTTY) {
    const { password } = await import('@inquirer/prompts');
    return await password({ message: `Value of ${name}` });
  }
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const value = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (value === '') throw new StewardError('badInput', `Standard input holds no value for ${name}`);
  return value;
}
