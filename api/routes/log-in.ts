import { z } from 'zod';
import { StewardError } from '../../schemas/errors.ts';
import { cookieName, cookieValue, sameSecret } from '../check-access.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';
import { isServedHere } from '../temporal-ui.ts';

const dayS = 86_400;

/** Gives a browser a cookie for reading: for the Temporal UI, which can send no token. */
export const logIn = route({
  method: 'get',
  path: '/login',
  summary: 'Exchanges the token for a cookie that may read and decode, and not act',
  access: 'open',
  query: z.strictObject({
    token: z.string().max(200),
    next: z
      .string()
      .regex(/^\/(?![/\\])[\w\-./]*$/, 'expected a path on this server')
      .default('/temporal/'),
  }),
  answers: { 303: 'text/plain', 400: problem, 401: problem },
  handle: ({ token, temporalUiUrl }, { query, header }) => {
    if (!sameSecret(query.token, token)) {
      throw new StewardError('unauthorized', 'The token is not the one of this Steward');
    }
    const secure = header('x-forwarded-proto') === 'https' ? '; Secure' : '';
    const cookie = `${cookieName}=${cookieValue(token)}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${30 * dayS}${secure}`;
    const toUi = query.next.startsWith('/temporal/') && !isServedHere(temporalUiUrl);
    const next = toUi ? (temporalUiUrl ?? '/healthz') : query.next;
    return { status: 303, body: 'Logged in\n', headers: { 'set-cookie': cookie, location: next } };
  },
});
