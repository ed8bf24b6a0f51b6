import type { FileSet } from '../../schemas/file-set.ts';
import { instanceFile } from '../../schemas/instance-file.ts';
import { modelsFile } from '../../schemas/models-file.ts';
import { type Trigger, triggerFile } from '../../schemas/trigger-file.ts';

/** A set of files in force, made of trigger files as a person would write them. */
export function fileSetOf(triggers: Record<string, unknown>, timezone = 'Europe/Berlin'): FileSet {
  return {
    triggers: new Map(
      Object.entries(triggers).map(([name, file]): [string, Trigger] => [
        name,
        { ...triggerFile.parse(file), name, hash: JSON.stringify(file) },
      ]),
    ),
    channels: new Map(),
    models: modelsFile.parse({}),
    instance: instanceFile.parse({ owner: { timezone } }),
    faults: [],
  };
}
