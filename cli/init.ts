import type { Command } from 'commander';
import { initHome } from '../workers/home/init-home.ts';
import { homeRoot } from './home-root.ts';
import { type Around, lookAround } from './look-around.ts';
import { printResult } from './print.ts';

/** `steward init`: makes a home. `up` does the same by itself. */
export function register(program: Command): void {
  program
    .command('init')
    .description('make a home: folders, root key, API token, first triggers; never overwrites')
    .action(async () => {
      const { home, made } = initHome(homeRoot());
      const around = await lookAround({ env: process.env, root: '/' });
      printResult({ home: home.root, made, around }, () =>
        [
          ...(made.length === 0
            ? [`The home ${home.root} is complete; nothing was changed.`]
            : [`The home is ${home.root}. Made:`, ...made.map((name) => `  ${name}`)]),
          ...modelsAround(around),
          ...(made.length === 0 ? [] : ['Next: steward up']),
        ].join('\n'),
      );
    });
}

/** What is here to think with, and how it is taken into use. Pure. */
function modelsAround({ keys, ollama, cards }: Around): string[] {
  return [
    ...keys.map((key) => `Found ${key}: \`steward models add remote <name> --endpoint <url>\` uses a provider`),
    ...(ollama?.models ?? [])
      .slice(0, 3)
      .map((model) => `Found ${model} on Ollama: \`steward models add ollama <name> --model ${model}\``),
    ...cards.map(
      ({ name, memoryMiB }) =>
        `Found ${name}, ${memoryMiB} MiB: \`steward models add gguf <name> --path <file> --gpu cuda\``,
    ),
  ];
}
