import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { StewardError } from '../schemas/errors.ts';
import type { Access } from './route.ts';

export const cookieName = 'steward_login';

/** What the login cookie holds: proof that its bearer showed the token, and not the token. */
export function cookieValue(token: string): string {
  return createHmac('sha256', token).update('steward login').digest('hex');
}

/** Compares in a time that does not depend on how much is right. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** @throws unauthorized where the request shows neither token nor, where that is enough, the login cookie */
export function checkAccess(request: IncomingMessage, access: Access, token: string): void {
  if (access === 'open') return;
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) {
    if (sameSecret(bearer, token)) return;
    throw new StewardError('unauthorized', 'The bearer token is not the one of this Steward');
  }
  const cookie = cookieOf(request);
  if (access === 'reader' && cookie !== undefined && sameSecret(cookie, cookieValue(token))) return;
  throw new StewardError('unauthorized', 'The request carries no bearer token');
}

function cookieOf(request: IncomingMessage): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=');
    if (name === cookieName) return value;
  }
  return undefined;
}
