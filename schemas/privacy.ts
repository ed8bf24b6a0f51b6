import { z } from 'zod';

/** Whether what comes by a channel may be shown to models on other machines. */
export const privacy = z
  .enum(['any', 'local-only'])
  .default('any')
  .describe('`local-only`: no word of it is shown to a model on another machine');
