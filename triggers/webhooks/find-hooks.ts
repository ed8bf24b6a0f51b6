import type { FileSet } from '../../schemas/file-set.ts';
import type { Trigger } from '../../schemas/trigger-file.ts';
import { isInForce } from '../gate.ts';
import type { WebhookSettings } from './webhook-request.ts';

export interface Hook {
  readonly trigger: Trigger;
  readonly settings: WebhookSettings;
}

const known = new WeakMap<FileSet['triggers'], ReadonlyMap<string, readonly Hook[]>>();

/**
 * The triggers in force behind `/hooks/<path>`; several where they share an address, none where there is nothing. As
 * quick for a path that exists as for one that does not.
 */
export function findHooks({ triggers }: FileSet, path: string, now: Date): readonly Hook[] {
  let byPath = known.get(triggers);
  if (byPath === undefined) {
    byPath = Map.groupBy(hooksOf(triggers), ({ trigger, settings }) => settings.path ?? trigger.name);
    known.set(triggers, byPath);
  }
  return (byPath.get(path) ?? []).filter(({ trigger }) => isInForce(trigger, now));
}

function hooksOf(triggers: FileSet['triggers']): Hook[] {
  return [...triggers.values()].flatMap((trigger) =>
    'webhook' in trigger.when ? [{ trigger, settings: trigger.when.webhook }] : [],
  );
}
