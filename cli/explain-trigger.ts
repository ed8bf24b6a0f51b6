import type { Command } from 'commander';
import { slotRuleOf } from '../schemas/slot-rule.ts';
import { type Explained, explainTrigger } from '../triggers/explain-trigger.ts';
import { ownerZone } from '../triggers/owner-zone.ts';
import { findTrigger } from './find-trigger.ts';
import { inZones } from './local-time.ts';
import { paint, printResult } from './print.ts';

/** `steward trigger explain`. */
export function addExplain(trigger: Command): void {
  trigger
    .command('explain')
    .description('say in words what a trigger does; with a file, no home and no running Steward is needed')
    .argument('<trigger>', 'a name, or the path of a trigger file')
    .action((what: string) => {
      const found = findTrigger(what);
      const zone = ownerZone(found.files);
      const explained = explainTrigger(found.trigger, { zone, now: new Date() });
      const theirs = slotRuleOf(found.trigger, zone)?.timezone ?? zone;
      printResult(explained, () => describe(explained, (at) => inZones(new Date(at), zone, theirs)));
    });
}

function describe({ name, picture, says, next, notes }: Explained, show: (at: string) => string): string {
  return [
    `${paint('bold', name)}: ${picture}`,
    ...says.map(({ topic, words }) => `  ${topic.padEnd(10)} ${words}`),
    ...(next.length === 0 ? [] : ['  next', ...next.map((at) => `    ${show(at)}`)]),
    ...notes.map((note) => `${paint('yellow', 'note:')} ${note}`),
  ].join('\n');
}
