import { expect, test } from 'vitest';
import { messageIdentity } from '../../../../../activities/channels/mail/message-identity.ts';
import { splitHeader } from '../../../../../activities/channels/mail/split-header.ts';
import { limits } from '../../../../../schemas/protocol.ts';
import { sampleMail } from '../../../../support/mail-samples.ts';

function keyOf(text: string | Buffer, of: { emailId?: string; sizeBytes?: number } = {}): string {
  const raw = Buffer.from(text as string);
  return messageIdentity(splitHeader(raw), raw, { sizeBytes: raw.length, ...of });
}

test('messageIdentity() prefers the server’s own id', () => {
  expect(keyOf(sampleMail({ id: '<1@x>' }), { emailId: 'M1' })).toBe('emailid:M1');
});

test('messageIdentity() tells apart mails that share a Message-ID, and knows a mail by its header alone', () => {
  const one = sampleMail({ id: '<1@x>', subject: 'One' });
  expect(keyOf(one)).not.toBe(keyOf(sampleMail({ id: '<1@x>', subject: 'Two' })));
  expect(keyOf(one)).toBe(keyOf(`${one.split('\r\n\r\n')[0]}\r\n\r\n`));
});

test('messageIdentity() takes the bytes where there is no Message-ID', () => {
  expect(keyOf(sampleMail())).toBe(keyOf(sampleMail()));
  expect(keyOf(sampleMail())).not.toBe(keyOf(sampleMail({ text: 'Other words' })));
  const big = Buffer.alloc(limits.mailFetchBytes + 10, 'x');
  expect(keyOf(big)).toBe(keyOf(big.subarray(0, limits.mailFetchBytes), { sizeBytes: big.length }));
  expect(keyOf(big)).not.toBe(keyOf(big, { sizeBytes: big.length + 1 }));
});
