/*
 * - Only an aligned DKIM signature that holds, or a pinned and topmost Authentication-Results, proves a sender.
 * - Each forgery has its genuine twin.
 */
import { generateKeyPairSync } from 'node:crypto';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { expect, test } from 'vitest';
import { makeProveSender } from '../../../../../activities/channels/mail/prove-sender.ts';
import { splitHeader } from '../../../../../activities/channels/mail/split-header.ts';
import { sampleMail } from '../../../../support/mail-samples.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'der' },
});

const resolveDns = async (name: string, type: string) => {
  if (name.startsWith('s1._domainkey.') && type === 'TXT')
    return [[`v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`]];
  throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
};

async function signed(raw: string, domain = 'example.org', options: object = {}): Promise<string> {
  const signatureData = [{ signingDomain: domain, selector: 's1', privateKey, ...options }];
  const { signatures } = await dkimSign(raw, { signingDomain: domain, selector: 's1', privateKey, signatureData });
  return `${signatures.trimEnd()}\r\n${raw}`;
}

function prove(raw: string, { trust = [] as string[], from = 'bob@example.org', whole = true } = {}) {
  const bytes = Buffer.from(raw);
  return makeProveSender(trust, resolveDns)(bytes, splitHeader(bytes), from, whole);
}

test('proveSender() believes a signature of the author’s own domain, and of no other', async () => {
  expect(await prove(await signed(sampleMail()))).toMatchObject({ verdict: 'pass', by: 'dkim', domain: 'example.org' });
  expect(await prove(await signed(sampleMail(), 'evil.example'))).toMatchObject({ verdict: 'none' });
});

test('proveSender() calls a changed mail a failure', async () => {
  const raw = await signed(sampleMail({ text: 'Pay 10' }));
  expect(await prove(raw.replace('Pay 10', 'Pay 99'))).toMatchObject({ verdict: 'fail', by: 'dkim' });
});

test('proveSender() refuses a signature that covers a part of the body', async () => {
  const raw = await signed(sampleMail({ text: 'Pay 10' }), 'example.org', { maxBodyLength: 6 });
  expect(raw).toMatch(/l=6/);
  expect(await prove(raw)).toMatchObject({ verdict: 'none' });
  expect(await prove(`${raw}and more`)).toMatchObject({ verdict: 'none' });
});

test('proveSender() proves nothing for two authors, for half a mail and without a signature', async () => {
  const raw = await signed(sampleMail());
  expect(await prove(`From: boss@example.org\r\n${raw}`)).toMatchObject({ verdict: 'none' });
  expect(await prove(raw, { whole: false })).toMatchObject({ verdict: 'none' });
  expect(await prove(sampleMail())).toMatchObject({ verdict: 'none', by: 'none' });
});

const results = (id: string, what: string) => `Authentication-Results: ${id};\r\n ${what}\r\n${sampleMail()}`;

test('proveSender() believes the pinned server, and the topmost line only', async () => {
  const passed = 'dmarc=pass (p=reject) header.from=example.org';
  const trust = ['mx.home.example'];
  expect(await prove(results('mx.home.example', passed), { trust })).toMatchObject({ verdict: 'pass', by: 'authserv' });
  expect(await prove(results('mx.home.example', passed))).toMatchObject({ verdict: 'none' });
  expect(await prove(results('mx.evil.example', passed), { trust })).toMatchObject({ verdict: 'none', by: 'none' });
  const below = `Authentication-Results: mx.evil.example; none\r\n${results('mx.home.example', passed)}`;
  expect(await prove(below, { trust })).toMatchObject({ verdict: 'none' });
});

test('proveSender() reads from the pinned server that it vouches for another domain, or denies', async () => {
  const trust = ['mx.home.example'];
  const judged = (what: string) => prove(results('mx.home.example', what), { trust });
  expect(await judged('dkim=pass header.d=evil.example')).toMatchObject({ verdict: 'none' });
  expect(await judged('dkim=pass header.d=example.org')).toMatchObject({ verdict: 'pass' });
  expect(await judged('dmarc=fail header.from=example.org')).toMatchObject({ verdict: 'fail' });
  expect(await judged('spf=pass smtp.mailfrom=example.org')).toMatchObject({ verdict: 'none' });
  expect(await judged('spf=pass (dmarc=pass header.from=example.org)')).toMatchObject({ verdict: 'none' });
});
