/*
 * - The same bytes give the same value; nothing that a mail holds makes the parse throw or take a second.
 * - What a reader would not see is not in the text; what cannot be read is said.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseMail } from '../../../../../activities/channels/mail/parse-mail.ts';
import type { ParsedMail } from '../../../../../schemas/message.ts';
import { limits } from '../../../../../schemas/protocol.ts';
import { sampleMail } from '../../../../support/mail-samples.ts';

const parse = (raw: string | Buffer) => parseMail(Buffer.from(raw as string));
const lines = (...all: string[]) => all.join('\r\n');
const million = 1_000_000;

/** Time is measured on this thread alone, so that a busy machine changes nothing. */
async function within(raw: string | Buffer): Promise<ParsedMail> {
  const before = process.threadCpuUsage();
  const mail = await parse(raw);
  const used = process.threadCpuUsage(before);
  expect((used.user + used.system) / 1_000).toBeLessThan(1_000);
  return mail;
}

test('parseMail() gives every field of a plain mail', async () => {
  const raw = sampleMail({
    id: '<1@example.org>',
    from: '=?utf-8?Q?J=C3=BCrgen?= <j@example.org>',
    subject: '=?iso-8859-1?Q?Gr=FC=DFe?=',
    headers: ['Cc: a@example.org, "B, C" <b@example.org>', 'In-Reply-To: <0@example.org>', 'Reply-To: r@example.org'],
  });
  expect(await parse(raw)).toMatchObject({
    messageId: '<1@example.org>',
    from: { name: 'Jürgen', address: 'j@example.org' },
    replyTo: { address: 'r@example.org' },
    cc: [{ address: 'a@example.org' }, { name: 'B, C', address: 'b@example.org' }],
    subject: 'Grüße',
    date: '2026-03-02T08:00:00.000Z',
    inReplyTo: '<0@example.org>',
    text: 'Shall we meet on Friday?',
    attachments: [],
    autoSubmitted: false,
    classification: { kind: 'person' },
  });
  expect(await parse(raw)).toEqual(await parse(raw));
});

test.each([
  ['list', ['List-Id: People <people.example.org>'], {}],
  ['list', ['Precedence: bulk'], {}],
  ['machine', ['Auto-Submitted: auto-replied'], {}],
  ['person', ['Auto-Submitted: no'], {}],
  ['machine', [], { from: 'Shop <no-reply@example.org>' }],
  ['person', [], { from: 'Nora Reply <nora@example.org>' }],
  ['bounce', ['X-Failed-Recipients: x@example.org'], {}],
] as const)('parseMail() classes a mail as %s by %s', async (kind, headers, of) => {
  expect((await parse(sampleMail({ headers, ...of }))).classification.kind).toBe(kind);
});

test('parseMail() knows an invite by its calendar part and not by a file beside it', async () => {
  const withPart = (type: string) =>
    lines(
      'From: a@example.org',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      '',
      'Hi',
      '--b',
      `Content-Type: ${type}`,
      '',
      'BEGIN:VCALENDAR',
      'END:VCALENDAR',
      '--b--',
      '',
    );
  expect((await parse(withPart('text/calendar; method=REQUEST'))).classification.kind).toBe('invite');
  expect((await parse(withPart('text/calendar'))).classification.kind).toBe('person');
});

test('parseMail() reads of HTML what a reader sees', async () => {
  const hidden = '<p style="display: none">one</p><div style="font-size:0px">two</div><span hidden>three</span>';
  const code = '<script>four</script><style>five</style><!-- six --><p style="mso-hide:all;color:red">seven</p>';
  const html = `<body>${hidden}${code}<p style="color:#fff;background:white">eight</p><p style="color:red">Red</p><a href="https://x.example/?t=1" style="font-size:10px">Link</a></body>`;
  const mail = await parse(lines('From: a@example.org', 'Content-Type: text/html', '', html));
  expect(mail.text).toBe('Red\n\nLink');
});

test('parseMail() takes invisible and direction-changing characters out of fields and text, and leaves letters', async () => {
  const dirty = 'pay\u200bpal \u202egpj.exe\u2066 \u{e0041}\u{e0042}';
  const mail = await parse(
    sampleMail({ subject: dirty, text: `${dirty}\r\nسلام می‌خواهم 👩‍💻`, from: `"${dirty}" <a@example.org>` }),
  );
  expect(mail.subject).toBe('paypal gpj.exe');
  expect(mail.from.name).toBe('paypal gpj.exe');
  expect(mail.text).toBe('paypal gpj.exe\nسلام می‌خواهم 👩‍💻');
});

test('parseMail() reads a mail without Message-ID, date, sender or text', async () => {
  const mail = await parse('X: y\r\n\r\n');
  expect(mail).toMatchObject({ from: { address: '' }, subject: '', text: '', attachments: [] });
  expect([mail.messageId, mail.date, mail.incomplete]).toEqual([undefined, undefined, undefined]);
  expect(await parse('')).toMatchObject({ text: '' });
});

test('parseMail() reads a charset that nobody knows as far as letters go', async () => {
  const raw = lines('Subject: x', 'Content-Type: text/plain; charset=x-klingon-7', '', 'Plain letters');
  expect((await parse(raw)).text).toBe('Plain letters');
});

test('parseMail() says what it did not read of 50 MB, and reads 1 MiB whole', async () => {
  const line = `${'lorem ipsum '.repeat(6)}\r\n`;
  const big = Buffer.concat([Buffer.from('Subject: big\r\n\r\n'), Buffer.alloc(50 * million, line)]);
  const mail = await within(big);
  expect(mail.subject).toBe('big');
  expect(mail.text.length).toBeLessThanOrEqual(limits.mailTextChars);
  expect(mail.incomplete).toContain(String(big.length));
  expect((await within(big.subarray(0, limits.mailFetchBytes))).incomplete).toBeUndefined();
});

const parts = (count: number) =>
  lines('Subject: parts', 'Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'Text first', '') +
  '--b\r\nContent-Type: image/png; name=a.png\r\nContent-Disposition: attachment\r\n\r\nx\r\n'.repeat(count) +
  '--b--\r\n';

test('parseMail() lists 200 attachments, and of 500 says how many there are', async () => {
  const few = await within(parts(200));
  expect([few.attachments.length, few.incomplete, few.text]).toEqual([200, undefined, 'Text first']);
  const many = await within(parts(500));
  expect(many.attachments).toHaveLength(200);
  expect(many.incomplete).toContain('500 parts');
});

function nested(depth: number): string {
  const open = Array.from(
    { length: depth },
    (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`,
  );
  return `From: a@example.org\r\nSubject: deep\r\n${open.join('')}\r\nInside`;
}

test('parseMail() reads 20 levels, and of 5,000 the header', async () => {
  expect((await within(nested(20))).text).toBe('Inside');
  expect(await within(nested(5_000))).toMatchObject({
    subject: 'deep',
    from: { address: 'a@example.org' },
    incomplete: expect.stringContaining('MIME structure'),
  });
});

const html = 'Content-Type: text/html\r\n\r\n';
test.each<[string, string]>([
  ['open tags', html + '<div>'.repeat(million / 5)],
  ['tables', html + '<table><tr><td>'.repeat(million / 15)],
  ['brackets', html + '<'.repeat(million)],
  ['comments', html + '<!--'.repeat(million / 4)],
  ['attributes', `${html}<a ${'b=c '.repeat(million / 4)}`],
  ['styles', html + `<p style="${'a:b;'.repeat(100)}">x</p>`.repeat(2_400)],
  ['empty lines', `X: y\r\n\r\n${'\n'.repeat(million)}x`],
  ['blank lines', `X: y\r\n\r\n${' \n'.repeat(million / 2)}`],
  ['header lines', `${'X: y\r\n'.repeat(million / 6)}\r\nx`],
  ['folds', `X: y\r\n${' z\r\n'.repeat(million / 4)}\r\nx`],
  ['authors', `From: ${'a@b,'.repeat(million / 4)}\r\n\r\nx`],
  ['groups', `From: ${'g:'.repeat(million / 2)}\r\n\r\nx`],
  ['encoded words', `Subject: ${'=?utf-8?Q?=41?= '.repeat(million / 16)}\r\n\r\nx`],
  ['parameters', `Content-Type: text/plain; ${'a=b;'.repeat(million / 4)}\r\n\r\nx`],
  ['boundaries', `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(million / 10)}`],
  ['messages in messages', `${'Content-Type: message/rfc822\r\n\r\n'.repeat(30_000)}x`],
  ['flowed lines', `Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n${'> a \n'.repeat(million / 5)}`],
  ['tag characters', `X: y\r\n\r\n${'\u{e0041}'.repeat(million / 4)}`],
  ['no line at all', 'x'.repeat(million)],
])('parseMail() is done with a million characters of %s within a second', async (_name, raw) => {
  expect(typeof (await within(raw)).text).toBe('string');
});

const corpus = '../shared/data/channels/mime';
describe.skipIf(!existsSync(corpus))('mails of other projects', () => {
  test('parseMail() reads each of them within a second', async () => {
    const files = readdirSync(corpus, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    expect(files.length).toBeGreaterThan(100);
    for (const file of files) {
      const raw = readFileSync(join(file.parentPath, file.name));
      const mail = await within(raw);
      expect(mail).toEqual(await parse(raw));
      expect(mail.text.length).toBeLessThanOrEqual(limits.mailTextChars);
      expect(mail.subject).not.toMatch(/[\r\n]/);
    }
  });
});
if (!existsSync(corpus)) console.log(`skipped: ${corpus} is not there`);
