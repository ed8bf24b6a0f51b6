import { describe, expect, test } from 'vitest';
import { renderPlain } from '../../../activities/chat-plain.ts';
import { oneOfEach } from '../../support/chat-documents.ts';

/*
 * - Every kind of block can be read in letters of one width; a sign that takes two columns counts two.
 * - A link shows where it goes; an address that is no link to the web does not become one.
 * - What cannot be seen is not sent.
 */

describe('renderPlain()', () => {
  test('renderPlain() writes one block of each kind', () => {
    expect(renderPlain(oneOfEach)).toBe(
      [
        'Backup\nThe run nightly ended well, see log <https://s.example/1>.',
        '- one\n- two',
        '3. three\n4. four',
        'Name  Size\n----  ----\n日本  1\na     200',
        'a: 1\nb: 2',
      ].join('\n\n'),
    );
  });

  test('renderPlain() shows an address once where it is its own text', () => {
    const href = 'https://s.example';
    expect(renderPlain([{ kind: 'paragraph', inlines: [{ text: href, href }] }])).toBe(href);
    expect(renderPlain([{ kind: 'paragraph', inlines: [{ text: '', href }] }])).toBe(href);
  });

  test('renderPlain() keeps only the text of a link that does not go to the web', () => {
    for (const href of ['javascript:alert(1)', 'https://bank.example@evil.example', 'nowhere'])
      expect(renderPlain([{ kind: 'paragraph', inlines: [{ text: 'x', href }] }])).toBe('x');
    expect(renderPlain([{ kind: 'paragraph', inlines: [{ text: 'x', href: 'http://ok.example/a b' }] }])).toBe(
      'x <http://ok.example/a%20b>',
    );
  });

  test('renderPlain() keeps the lines of a paragraph and makes one line of an item and of a cell', () => {
    expect(
      renderPlain([
        { kind: 'paragraph', inlines: ['a\n\nb\n'] },
        { kind: 'list', items: [['a\nb']] },
        { kind: 'table', head: ['x'], rows: [['a\nb'], []] },
      ]),
    ).toBe('a\n\nb\n\n- a b\n\nx\n---\na b');
  });

  test('renderPlain() leaves out bidi controls and blocks without text', () => {
    expect(renderPlain([{ kind: 'heading', text: ' ' }])).toBe('');
    expect(renderPlain([{ kind: 'table', head: [''], rows: [[]] }])).toBe('');
    expect(renderPlain([{ kind: 'code', text: 'a\u202eb' }])).toBe('ab');
  });
});
