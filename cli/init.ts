import type { Command } from 'commander';
import { initHome } from '../workers/home/init-home.ts';
import { homeRoot } from './home-root.ts';
import { printResult } from './print.ts';

/** `steward init`: makes a home. `up` does the same by itself. */
export function register(program: Command): void {
  program
    .command('init')
    .description('make a home: folders, root key, API token, first triggers; never overwrites')
    .action(() => {
      const { home, made } = initHome(homeRoot());
      printResult({ home: home.root, made }, () =>
        made.length === 0
          ? `The home ${home.root} is complete; nothing was changed.`
          : [`The home is ${home.root}. Made:`, ...made.map((name) => `  ${name}`), 'Next: steward up'].join('\n'),
      );
    });
}
