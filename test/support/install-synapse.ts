import { installPython } from './install-python.ts';

/** Gives a Python that has Synapse. @throws Error with the reason where it cannot be installed */
export const installSynapse = (): Promise<string> => installPython('matrix-synapse', '1.163.2');
