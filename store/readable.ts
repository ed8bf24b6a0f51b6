import { StewardError } from '../schemas/errors.ts';

/** What can be opened; nothing where it cannot any more, as where a key was destroyed. @throws what is no failure of ours */
export function readable<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof StewardError) return [];
    throw error;
  }
}
