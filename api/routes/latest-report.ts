import { z } from 'zod';
import { StewardError } from '../../schemas/errors.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

/** A report names what strangers wrote; nothing in it may load or run. */
const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'none'";

export const latestReport = route({
  method: 'get',
  path: '/api/v1/reports/latest',
  summary: 'The newest report of the owner, as text, page or data',
  access: 'reader',
  query: z.strictObject({ format: z.enum(['text', 'html', 'json']).default('text') }),
  answers: { 200: 'text/plain', 401: problem, 404: problem },
  handle: async ({ store, personId, readLatestReport }, { query }) => {
    const stored = await readLatestReport?.(store, personId);
    if (stored === undefined) throw new StewardError('notFound', 'There is no report yet');
    if (query.format === 'json') return { status: 200, body: stored };
    const { text, html, subject } = stored.rendered;
    if (query.format === 'html' && html !== undefined) {
      const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': pagePolicy };
      return { status: 200, body: html, headers };
    }
    return { status: 200, body: `${subject}\n\n${text}`, headers: { 'content-type': 'text/plain; charset=utf-8' } };
  },
});
