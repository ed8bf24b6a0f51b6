import { z } from 'zod';
import { exportedFact, mostExported } from '../../schemas/memory-export.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

export const exportMemory = route({
  method: 'get',
  path: '/api/v1/memory/export',
  summary: 'All facts with all their versions, page by page; none of what is forgotten',
  access: 'token',
  query: z.strictObject({ after: z.string().max(40).optional().describe('The last id of the page before') }),
  answers: { 200: z.strictObject({ facts: z.array(exportedFact) }), 400: problem, 401: problem },
  handle: async ({ memory, personId }, { query: { after } }) => {
    const facts = (await memory.exportFacts(personId)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const rest = after === undefined ? facts : facts.filter(({ id }) => id > after);
    return { status: 200, body: { facts: rest.slice(0, mostExported) } };
  },
});

export const importMemory = route({
  method: 'post',
  path: '/api/v1/memory/import',
  summary: 'Takes in facts that were exported elsewhere; what is there stays, and what was forgotten here stays so',
  access: 'token',
  body: z.strictObject({ facts: z.array(exportedFact).max(mostExported) }),
  answers: {
    200: z.strictObject({ added: z.int(), known: z.int(), forgotten: z.int() }),
    400: problem,
    401: problem,
  },
  handle: async ({ memory, personId }, { body: { facts } }) => {
    const { added, known, forgotten } = await memory.importFacts(personId, facts);
    return { status: 200, body: { added, known, forgotten } };
  },
});
