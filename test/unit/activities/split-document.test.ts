import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderHtml } from '../../../activities/chat-html.ts';
import { renderMarkdown } from '../../../activities/chat-markdown.ts';
import { renderMrkdwn } from '../../../activities/chat-mrkdwn.ts';
import { renderPlain } from '../../../activities/chat-plain.ts';
import { safeHref } from '../../../activities/safe-href.ts';
import { splitDocument } from '../../../activities/split-document.ts';
import type { Block, ChatDocument, Inline } from '../../../schemas/chat-document.ts';
import { chatDocuments, oneOfEach } from '../../support/chat-documents.ts';

/*
 * - Every part fits and none is empty, whatever renders it; the text of all parts is the text of the document.
 * - Code is cut between lines and keeps its language, a table between rows and keeps its head, a list between items and
 *   keeps counting, a paragraph at a blank; no grapheme is cut where there is room for one.
 * - A heading is with what follows it.
 */

const renderers = [renderPlain, renderHtml, renderMarkdown, renderMrkdwn];
const split = (document: ChatDocument, maxChars = 40) => splitDocument(document, maxChars, renderPlain);
const paragraph = (...inlines: Inline[]): Block => ({ kind: 'paragraph', inlines });
const wordsOf = (inline: Inline) =>
  typeof inline === 'string'
    ? inline
    : 'strong' in inline
      ? inline.strong
      : 'code' in inline
        ? inline.code
        : inline.text.trim() || (safeHref(inline.href) ?? '');

/** What a person reads of the parts, without blanks; a head of a table that a part repeats is read once. */
function textIn(parts: readonly ChatDocument[]): string {
  const heads = new Set<string>();
  let text = '';
  for (const part of parts)
    for (const block of part)
      if (block.kind === 'table') {
        const head = block.head.join('\n');
        text += [...(heads.has(head) ? [] : block.head), ...block.rows.flat()].join('');
        heads.add(head);
      } else if (block.kind === 'paragraph') text += block.inlines.map(wordsOf).join('');
      else text += block.kind === 'list' ? block.items.flat().map(wordsOf).join('') : block.text;
  return text.toWellFormed().replace(/[\s\u2800\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '');
}

/** No two tables with the same head, which would be read as one that goes on. */
const numbered = chatDocuments.map((document) =>
  document.map((block, at) => (block.kind === 'table' ? { ...block, head: [`${at}`, ...block.head] } : block)),
);
const signsIn = (text: string) => [...new Intl.Segmenter('en').segment(text)].map(({ segment }) => segment);

describe('splitDocument()', () => {
  test('splitDocument() makes parts that fit and are not empty, with any renderer and any room', () => {
    fc.assert(
      fc.property(
        chatDocuments,
        fc.integer({ min: 40, max: 300 }),
        fc.constantFrom(...renderers),
        (document, max, render) => {
          for (const part of splitDocument(document, max, render)) {
            expect(render(part).length).toBeLessThanOrEqual(max);
            expect(renderPlain(part)).not.toBe('');
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('splitDocument() loses and repeats no text', () => {
    fc.assert(
      fc.property(
        numbered,
        fc.integer({ min: 150, max: 400 }),
        fc.constantFrom(...renderers),
        (document, max, render) => {
          expect(textIn(splitDocument(document, max, render))).toBe(textIn([document]));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('splitDocument() ends no part but the last with a heading', () => {
    fc.assert(
      fc.property(chatDocuments, fc.integer({ min: 40, max: 200 }), (document, max) => {
        const lasts = splitDocument(document, max, renderMarkdown)
          .slice(0, -1)
          .map((part) => part.at(-1)?.kind);
        expect(lasts).not.toContain('heading');
      }),
      { numRuns: 300 },
    );
  });

  test('splitDocument() cuts no grapheme', () => {
    const texts = fc.string({ unit: 'grapheme', minLength: 30, maxLength: 200 });
    fc.assert(
      fc.property(texts, fc.constantFrom('paragraph', 'code'), (text, kind) => {
        const block = kind === 'code' ? ({ kind, text } as const) : paragraph({ strong: text });
        const parts = splitDocument([block], 60, renderHtml);
        const cut = parts
          .flat()
          .map((one) => (one.kind === 'paragraph' ? one.inlines.map(wordsOf).join('') : 'text' in one ? one.text : ''));
        if (!/\s/.test(text)) expect(cut.flatMap(signsIn)).toEqual(signsIn(text));
      }),
      { numRuns: 300 },
    );
    const family = '👩‍👩‍👧‍👦';
    expect(split([paragraph(family.repeat(9))]).map((part) => renderPlain(part))).toEqual(
      [3, 3, 3].map((count) => family.repeat(count)),
    );
  });

  test('splitDocument() cuts a grapheme only where no part could hold it, and never a pair of surrogates', () => {
    const tower = `a${'\u0301'.repeat(100)}`;
    expect(
      split([paragraph(`${tower} b`)])
        .map((part) => renderPlain(part))
        .join(''),
    ).toBe(`${tower} b`);
    for (const text of ['😀'.repeat(50), `😀${'\ufe0f\u200d😀'.repeat(50)}`])
      for (const room of [40, 41])
        for (const part of split([{ kind: 'code', text }], room)) expect(renderPlain(part)).not.toContain('\ufffd');
  });

  test('splitDocument() leaves a document that fits as it is and makes nothing of nothing', () => {
    expect(split(oneOfEach, 4000)).toEqual([oneOfEach]);
    expect(split([])).toEqual([]);
    expect(split([paragraph(' '), { kind: 'code', text: '' }, { kind: 'list', items: [] }])).toEqual([]);
  });

  test('splitDocument() takes a room of 40 and refuses one of 39', () => {
    expect(split([paragraph('a')], 40)).toHaveLength(1);
    for (const room of [39, 0, -1, Number.NaN]) expect(() => split([paragraph('a')], room)).toThrow(RangeError);
    expect(() => splitDocument([paragraph('a')], 40, () => 'x'.repeat(41))).toThrow(RangeError);
  });

  test('splitDocument() takes a part that is exactly full and cuts one that is one over', () => {
    expect(split([paragraph('a'.repeat(40))])).toHaveLength(1);
    expect(split([paragraph('a'.repeat(41))])).toEqual([[paragraph('a'.repeat(40))], [paragraph('a')]]);
  });

  test('splitDocument() keeps blocks together where they fit', () => {
    const blocks = ['a', 'b', 'c', 'd', 'e'].map((letter) => paragraph(letter.repeat(15)));
    expect(split(blocks)).toEqual([blocks.slice(0, 2), blocks.slice(2, 4), blocks.slice(4)]);
  });

  test('splitDocument() cuts code between lines, and a line only where it is too long', () => {
    const code = (text: string) => ({ kind: 'code', language: 'yaml', text }) as const;
    const lines = Array.from({ length: 6 }, (_, at) => `${at}: ${'x'.repeat(12)}`);
    expect(split([code(lines.join('\n'))])).toEqual(
      [lines.slice(0, 2), lines.slice(2, 4), lines.slice(4)].map((some) => [code(some.join('\n'))]),
    );
    expect(split([paragraph('The log:'), code(lines.join('\n'))])[0]).toEqual([
      paragraph('The log:'),
      code(`${lines[0]}`),
    ]);
    expect(split([code(`a\n${'b c '.repeat(15)}`)])).toEqual([
      [code('a')],
      [code('b c '.repeat(10))],
      [code('b c '.repeat(5))],
    ]);
    expect(split([code(`a\n${'\n'.repeat(60)}  b`)]).map((part) => renderPlain(part))).toEqual(['a', '  b']);
  });

  test('splitDocument() cuts a table between rows under the same head, and a row within a cell', () => {
    const table = (...rows: string[][]) => ({ kind: 'table', head: ['n', 'v'], rows }) as const;
    const [a, b, c] = [
      ['1', 'aaaaaaaaaa'],
      ['2', 'bbbbbbbbbb'],
      ['3', 'cc'],
    ];
    expect(split([table(a!, b!, c!)], 45)).toEqual([[table(a!)], [table(b!, c!)]].map((part) => part));
    const parts = split([table(['1', 'word '.repeat(12).trim()])], 60);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(part[0]).toMatchObject({ kind: 'table', head: ['n', 'v'] });
    expect(parts.map((part) => (part[0]?.kind === 'table' ? part[0].rows[0]?.[0] : ''))).toEqual([
      '1',
      ...parts.slice(1).map(() => ''),
    ]);
  });

  test('splitDocument() goes on as text with a row for which a repeated head leaves no room', () => {
    const head = ['n'.repeat(20)];
    const rows = [['1'], ['', '', '', 'four'], ['2']];
    const parts = splitDocument([{ kind: 'table', head, rows }], 110, renderHtml);
    expect(parts.flat()).toEqual([
      { kind: 'table', head, rows: [['1']] },
      paragraph('four'),
      { kind: 'table', head, rows: [['2']] },
    ]);
  });

  test('splitDocument() cuts a list between items and goes on counting', () => {
    const items = Array.from({ length: 5 }, (_, at) => [`item ${at} ${'x'.repeat(8)}`]);
    expect(split([{ kind: 'list', ordered: true, items }]).map((part) => renderPlain(part))).toEqual([
      '1. item 0 xxxxxxxx\n2. item 1 xxxxxxxx',
      '3. item 2 xxxxxxxx\n4. item 3 xxxxxxxx',
      '5. item 4 xxxxxxxx',
    ]);
    expect(
      split([{ kind: 'list', ordered: true, items: [['word '.repeat(10).trim()], ['b']] }]).map((part) =>
        renderPlain(part),
      ),
    ).toEqual(['1. word word word word word word word', 'word word word\n\n2. b']);
  });

  test('splitDocument() keeps the kind of an inline that is cut, and the address of a link', () => {
    const href = 'https://s.example';
    expect(split([paragraph('see ', { text: 'one two', href }, ' ending now')], 40)).toEqual([
      [paragraph('see ', { text: 'one two', href }, ' ending ')],
      [paragraph('now')],
    ]);
    const parts = split([paragraph({ text: 'x'.repeat(30), href })]);
    expect(parts).toEqual([[paragraph({ text: 'x'.repeat(20), href })], [paragraph({ text: 'x'.repeat(10), href })]]);
    expect(split([paragraph({ strong: 'y'.repeat(50) })])).toEqual([
      [paragraph({ strong: 'y'.repeat(40) })],
      [paragraph({ strong: 'y'.repeat(10) })],
    ]);
  });

  test('splitDocument() shows the address of a link as text where no part can hold the link', () => {
    const href = `https://s.example/${'a'.repeat(60)}`;
    expect(textIn(split([paragraph({ text: 'x', href })]))).toBe(`x<${href}>`);
  });

  test('splitDocument() takes a heading to what follows, or makes a bold line of it', () => {
    const heading = { kind: 'heading', text: 'Backups' } as const;
    expect(split([paragraph('a'.repeat(25)), heading, paragraph('b'.repeat(20))])).toEqual([
      [paragraph('a'.repeat(25))],
      [heading, paragraph('b'.repeat(20))],
    ]);
    expect(split([heading, paragraph('word '.repeat(10))])[0]).toEqual([heading, paragraph('word '.repeat(6))]);
    const long = { kind: 'heading', text: 'x'.repeat(40) } as const;
    expect(split([long, paragraph('b')])).toEqual([[paragraph({ strong: long.text })], [paragraph('b')]]);
    expect(split([paragraph('b'.repeat(30)), long])).toEqual([[paragraph('b'.repeat(30))], [long]]);
  });
});
