import { triggers } from './proxies.ts';

/**
 * Finds every row without its run, and every run without its ending.
 *
 *   schedule | start -> sweep -> triggers.sweep
 *
 * Repeat: any number. Failure: the next minute.
 */
export async function sweep(): Promise<{ outcome: string }> {
  const { restarted, ended, announced, resumed } = await triggers.sweep({});
  return { outcome: `restarted ${restarted}, ended ${ended}, announced ${announced}, resumed ${resumed}` };
}
