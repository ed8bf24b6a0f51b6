import { z } from 'zod';

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90s`, `5m`, `3h`, `2d`, `250ms`: parsed to milliseconds. */
export const duration = z.union([
  z.int().nonnegative(),
  z
    .string()
    .regex(/^\d+(ms|s|m|h|d)$/, 'expected a duration such as 90s, 5m, 3h or 2d')
    .transform((text) => {
      const unit = text.replace(/^\d+/, '') as keyof typeof unitMs;
      return Number.parseInt(text, 10) * unitMs[unit];
    }),
]);

/** Headers that a file adds to what is asked. The names are tokens. @source RFC 9110 5.6.2 */
export const requestHeaders = z.record(
  z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/, 'expected the name of a header'),
  z.string(),
);

/** Where something is delivered: a channel and a name on it, such as `mail:me`. */
export const place = z.string().regex(/^[a-z]+:[a-z0-9._-]+$/i, 'expected <channel>:<name>, such as mail:me');

/** An IANA time zone that this Node knows. */
export const timezone = z.string().refine(isTimeZone, { message: 'expected an IANA time zone such as Europe/Berlin' });

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
