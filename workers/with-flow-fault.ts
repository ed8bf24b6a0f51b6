import type { FileFault, Files } from '../schemas/file-set.ts';

/** The files with what the bundler found wrong in the owner's flows, so that one list names every broken file. */
export function withFlowFault(files: Files, fault: () => string | undefined): Files {
  return {
    ...files,
    current: () => {
      const set = files.current();
      const found = fault();
      return found === undefined ? set : { ...set, faults: [...set.faults, faultOf(found)] };
    },
  };
}

function faultOf(words: string): FileFault {
  const [, path = 'workflows', line, column, message] = /^(.+?):(\d+):(\d+): (.*)$/s.exec(words) ?? [];
  return {
    ...{ kind: 'flow', path, line: Number(line ?? 1), column: Number(column ?? 1) },
    message: message ?? words,
    lastGoodInForce: true,
  };
}
