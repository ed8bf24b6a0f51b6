import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';

import { describe, expect, test } from 'vitest';
import { parseMail } from '../../../../activities/channels/mail/parse-mail.ts';
import { summariseExtractive } from '../../../../activities/models/summarise-extractive.ts';
import { mailSummary } from '../../../../schemas/digest.ts';
import { parsedMail } from '../../../support/parsed-mail.ts';

/*
 * - What a mail says, asks and by when comes out of its own sentences, in English, German, Chinese and Japanese.
 * - Quotations, signatures and greetings say nothing.
 * - No link, tag or hidden character gets out, whatever comes in.
 * - Any text of the permitted length is summarised within the schema, in bounded time.
 */

const corpus = join(import.meta.dirname, '../../../../../shared/data/channels/mime');
const now = new Date('2026-11-23T08:00:00Z');
const summarise = (subject: string, text: string) => summariseExtractive(parsedMail({ subject, text }), { now });

describe('summariseExtractive()', () => {
  test('summariseExtractive() names what is asked and by when in an English mail', () => {
    const summary = summarise(
      'Contract draft',
      'Hi Ann,\n\nThe second draft of the contract with Meyer GmbH is ready. The liability clause changed a lot since the\n' +
        'first draft.\nCould you please send me the signed copy by Friday, 5 pm?\n\nBest regards\nBob\n-- \nBob Builder\nTel 123',
    );
    expect(summary.what).toContain('second draft of the contract with Meyer GmbH');
    expect(summary.ask).toBe('Could you please send me the signed copy by Friday, 5 pm?');
    expect(summary.due).toBe('by Friday, 5 pm');
    expect(JSON.stringify(summary)).not.toMatch(/Hi Ann|regards|Builder/);
  });

  test('summariseExtractive() reads a German request whose date ends in a dot', () => {
    const summary = summarise(
      'Elternabend',
      'Liebe Eltern,\n\nam Donnerstag findet der Elternabend der Klasse 4b statt. Bitte geben Sie uns bis spätestens 27.11. ' +
        'Bescheid, ob Sie kommen.\n\nViele Grüße\nFrau Müller\n\nAm 20.11.2026 um 10:00 schrieb Hans <h@w.example>:\n> bis Montag',
    );
    expect(summary).toEqual({
      what: 'am Donnerstag findet der Elternabend der Klasse 4b statt.',
      ask: 'Bitte geben Sie uns bis spätestens 27.11. Bescheid, ob Sie kommen.',
      due: 'bis spätestens 27.11.',
    });
  });

  test.each([
    ['Chinese', '项目评审会议改到三楼会议室。请在11月27日之前回复您是否参加。', '11月27日之前', '请在11月27日'],
    ['Japanese', '打ち合わせの資料を送付します。金曜日までにご返信ください。', '金曜日まで', 'ご返信ください'],
  ])('summariseExtractive() splits %s by its own sentence enders', (_name, text, due, ask) => {
    const summary = summarise('', text);
    expect(summary.due).toBe(due);
    expect(summary.ask).toContain(ask);
    expect(summary.what).not.toContain(ask);
  });

  test('summariseExtractive() asks nothing where a machine says "please do not reply"', () => {
    const summary = summarise(
      'Order 17',
      'Your order 17 was shipped. Please do not reply to this mail. Click here to unsubscribe.',
    );
    expect(summary.ask).toBe('');
    expect(summary.due).toBe('');
  });

  test('summariseExtractive() takes the quoted words of a mail that has no words of its own', () => {
    expect(summarise('Fwd: x', '> The server room is flooded.\n> Come at once.').what).toContain(
      'server room is flooded',
    );
  });

  test('summariseExtractive() takes no date that is long past for a deadline, and takes the same date ahead', () => {
    const text = 'The first version was due on 2020-01-31. Nothing else happened since.';
    expect(summarise('', text).due).toBe('');
    expect(summarise('', text.replace('2020', '2027')).due).toBe('due on 2027-01-31');
  });

  test('summariseExtractive() names the attachments of a mail without text', () => {
    const attachments = [{ filename: 'invoice.pdf', contentType: 'application/pdf', sizeBytes: 1 }];
    expect(summariseExtractive(parsedMail({ text: '', attachments })).what).toBe('No text; attached: invoice.pdf.');
  });

  test('summariseExtractive() lets no link, tag or hidden character out', () => {
    const summary = summarise(
      'x',
      'See ![pic](https://evil.example/p.png?d=1) and [the bank](https://evil.example) or www.evil.example/a now. ' +
        'Please visit evil.example/login<script>alert(1)</script> by \u202etomorrow\u202c\u{e0041}\u200b?',
    );
    const all = `${summary.what} ${summary.ask} ${summary.due}`;
    expect(all).not.toMatch(/evil\.example|https?:|<script|[\u200b\u202a-\u202e\u{e0000}-\u{e007f}]/u);
    expect(all).toContain('the bank');
  });

  test('summariseExtractive() keeps to the schema for any text and gives the same twice', () => {
    const words = fc.constantFrom(
      'please',
      'by',
      'Friday',
      '?',
      '. ',
      '\n',
      '> ',
      '-- ',
      'On',
      'wrote:',
      '请',
      '。',
      '[',
      '](',
      'https://x/',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 400 }),
          fc.array(words).map((all) => all.join(' ')),
        ),
        (text) => {
          const mail = parsedMail({ subject: text.slice(0, 30), text });
          const summary = summariseExtractive(mail, { now });
          expect(mailSummary.safeParse(summary).success).toBe(true);
          expect(summariseExtractive(mail, { now })).toEqual(summary);
          expect(JSON.stringify(summary)).not.toMatch(/https?:\/\//);
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([
    'a ',
    'x',
    '. ',
    '>',
    'by by ',
    '[[',
    'On a ',
    '\n',
    '请',
    'a.b/',
    'please? ',
    '1 ',
    'from: ',
    'end of the ',
    '<a',
    'a-',
    'a.',
    '-',
    '![',
    '\u200d',
  ])(
    'summariseExtractive() ends on 64 Ki characters of %j',
    (unit) => {
      const text = unit.repeat(65_536 / unit.length);
      // Ends at all: a backtracking pattern would take minutes here and run into the timeout of the test.
      expect(mailSummary.safeParse(summarise('x', text)).success).toBe(true);
    },
    5_000,
  );

  test.skipIf(!existsSync(corpus))(
    `summariseExtractive() keeps to the schema for every mail of the corpus${existsSync(corpus) ? '' : ' (skipped: no corpus beside this checkout)'}`,
    async () => {
      const files = readdirSync(corpus, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      for (const { parentPath, name } of files) {
        const summary = summariseExtractive(await parseMail(readFileSync(join(parentPath, name))), { now });
        expect(mailSummary.safeParse(summary).success, name).toBe(true);
        expect(JSON.stringify(summary)).not.toMatch(/https?:\/\//);
      }
      expect(files.length).toBeGreaterThan(500);
    },
  );
});
