import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderDigest } from '../../../../activities/digest/render-digest.ts';
import { columnsOf } from '../../../../activities/plain-lines.ts';
import type { Digest, DigestItem } from '../../../../schemas/digest.ts';

/*
 * - People come first, by sender; lists, machines and what was read are folded; every mail is counted somewhere.
 * - Plain text keeps to 80 columns; HTML loads nothing and shows text from outside as text.
 * - A mail can fake neither our marks nor a second sender, and nothing hidden gets through.
 */

const item = (of: Partial<DigestItem> = {}): DigestItem => ({
  inboxId: 'inb_1',
  messageId: '<a/b+c@x.example>',
  account: 'home',
  from: 'Bob',
  fromAddress: 'bob@example.org',
  proven: true,
  subject: 'Roof offer',
  receivedAt: '2026-11-22T16:05:00Z',
  seen: false,
  kind: 'person',
  attachments: 0,
  summary: { what: 'The offer is 12,000 euros.', ask: '', due: '' },
  source: { method: 'extractive', fallback: 'noModel' },
  ...of,
});
const render = (items: DigestItem[], older: Digest['older'] = []) =>
  renderDigest({ digestId: 'dig_1', madeAt: '2026-11-23T07:00:00Z', items, older }, 'Europe/Berlin');
const flat = (text: string) => text.replace(/\s+/g, ' ');

describe('renderDigest()', () => {
  test('renderDigest() says who, what, what is asked and by when, with a link to the mail', () => {
    const asks = { what: 'The offer is 12,000 euros.', ask: 'Please sign it.', due: 'by Friday' };
    const { subject, text, html } = render([item({ summary: asks, attachments: 2 })]);
    expect(subject).toBe('Mail digest: 1 mail from people, 1 asks something of you');
    for (const words of [
      'Bob <bob@example.org> [proven]',
      'Roof offer (Sun 22 Nov, 17:05)',
      'Asked Please sign it.',
      'Due by Friday',
      'With 2 attachments',
      'mid:a%2Fb%2Bc@x.example',
    ]) {
      expect(flat(text)).toContain(words);
    }
    expect(html).toContain('href="mid:a%2Fb%2Bc@x.example"');
    expect(flat(text)).toContain('1 extractive (no model is set up)');
  });

  test('renderDigest() puts those who ask first and folds lists, machines and read mail', () => {
    const { text } = render([
      item({ from: 'Ann', fromAddress: 'ann@example.org', subject: 'Just so' }),
      item({ summary: { what: 'x', ask: 'Please call.', due: '' } }),
      ...Array.from({ length: 6 }, (_, nth) => item({ kind: 'list', listId: 'news.example', subject: `Issue ${nth}` })),
      item({ kind: 'machine', from: 'CI', fromAddress: 'ci@example.org', subject: 'Build' }),
      item({ seen: true, from: 'Zoe' }),
    ]);
    const at = (words: string) => text.indexOf(words);
    expect(at('Bob <')).toBeLessThan(at('Ann <'));
    expect(at('Ann <')).toBeLessThan(at('MAILING LISTS'));
    expect(text).toContain('news.example, 6 mails\n  Issue 0; Issue 1; Issue 2; Issue 3; 2 more');
    expect(text).toContain('CI <ci@example.org> [proven], 1 mail');
    expect(text).toContain('1 mail from Zoe.');
  });

  test('renderDigest() marks each extractive summary where a model made the others', () => {
    const { text } = render([
      item({ source: { method: 'model', model: 'llama3' } }),
      item({ source: { method: 'extractive', fallback: 'modelLied' } }),
    ]);
    expect(text.split('(extractive summary)')).toHaveLength(2);
    expect(flat(text)).toContain('Summaries: 1 by llama3, 1 extractive (the answer of the model could not be used).');
  });

  test('renderDigest() says that there is no mail, and how many older ones there were', () => {
    const { text, subject } = render([], [{ account: 'home', count: 1 }]);
    expect(subject).toBe('Mail digest: No new mail');
    expect(flat(text)).toContain('1 older mail was in home before Steward first saw it');
  });

  test('renderDigest() lets a mail fake neither the mark of a proven sender nor a second address', () => {
    const { text } = render([
      item({ from: 'Bank <info@bank.example> [proven]', fromAddress: 'evil@example.org', proven: false }),
    ]);
    expect(text).toContain('Bank info@bank.example proven <evil@example.org>\n');
    expect(flat(text)).toContain('A sender without [proven] is named as the mail names itself');
  });

  test('renderDigest() shows markup from outside as text, and nothing remote', () => {
    const bad = '<img src=https://evil.example/x onerror=alert(1)>"\'&\u202eabc\u202c\u200b\u{e0041}';
    const { text, html } = render(
      (['person', 'list', 'machine', 'bounce', 'invite'] as const).flatMap((kind) =>
        [true, false].map((seen) =>
          item({
            kind,
            seen,
            from: bad,
            fromAddress: bad,
            subject: bad,
            listId: bad,
            messageId: bad,
            summary: { what: bad, ask: bad, due: bad.slice(0, 100) },
          }),
        ),
      ),
      [{ account: bad, count: 2 }],
    );
    expect(html).not.toMatch(/<img|<script|\bsrc="|<link|url\(/);
    for (const tag of html?.match(/<[^>]*>/g) ?? [])
      expect(tag).toMatch(/^<(?:!doctype html|\/?[a-z0-9]+(?: [a-z]+="[^"<>]*")*)>$/);
    for (const href of html?.match(/href="[^"]*"/g) ?? []) expect(href).toMatch(/^href="mid:/);
    expect(`${text}${html}`).not.toMatch(/[\u200b\u202a-\u202e\u{e0000}-\u{e007f}]/u);
  });

  test('renderDigest() keeps to 80 columns whatever the mails say, and counts every mail', () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc.constantFrom('会议'.repeat(80), 'x'.repeat(300), ''),
    );
    const items = fc.array(
      fc.record({
        from: word,
        subject: word,
        what: word,
        seen: fc.boolean(),
        kind: fc.constantFrom('person', 'list', 'machine', 'bounce', 'invite'),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(items, (all) => {
        const made = all.map(({ what, from, subject, seen, kind }, nth) =>
          item({
            from,
            subject,
            seen,
            kind: kind as DigestItem['kind'],
            fromAddress: `p${nth}@example.org`,
            summary: { what, ask: '', due: '' },
          }),
        );
        const { text } = render(made);
        for (const line of text.split('\n'))
          if (!line.includes('mid:')) expect(columnsOf(line)).toBeLessThanOrEqual(80);
        expect(text.split('mid:').length - 1).toBe(
          made.filter((one) => !one.seen && one.kind !== 'list' && one.kind !== 'machine').length,
        );
      }),
      { numRuns: 200 },
    );
  });
});
