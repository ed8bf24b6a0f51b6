import { z } from 'zod';

/** Where what is told on a channel holds. */
export const scopes = z
  .array(z.string().trim().min(1).max(100))
  .max(20)
  .optional()
  .describe('Where what is told here holds, such as `work`; only facts of these, and of none, are thought of here');
