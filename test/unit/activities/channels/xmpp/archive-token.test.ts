// Policy: a cursor comes back as it went, whatever a server calls its messages.
import { describe, expect, test } from 'vitest';
import { readToken, writeToken } from '../../../../../activities/channels/xmpp/archive-token.ts';

describe('writeToken()', () => {
  test.each([
    { id: 'KZVc9d2wrR_3', at: '2026-11-25T10:00:00Z' },
    { id: 'an id with blanks', at: '2026-11-25T10:00:00Z' },
    { id: '1', at: undefined },
    { id: undefined, at: undefined },
  ])('is read back by readToken(): %o', (token) => {
    expect(readToken(writeToken(token))).toEqual(token);
  });
});
