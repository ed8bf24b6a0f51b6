/** What a model writes is text from outside: it becomes blocks and words, and nothing that a reader cannot see. */
import { expect, test } from 'vitest';
import { readMarkdown } from '../../../activities/read-markdown.ts';

test('readMarkdown() reads headings, lists, tables, fences and emphasis', () => {
  const text =
    '# Two **things**\n\nSome `code` and **more**  \nnext\n\n- one\n- two\n\n3. three\n4. four\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nx < y\n```\n\n> quoted';
  expect(readMarkdown(text)).toEqual([
    { kind: 'heading', text: 'Two things' },
    { kind: 'paragraph', inlines: ['Some ', { code: 'code' }, ' and ', { strong: 'more' }, '\nnext'] },
    { kind: 'list', items: [['one'], ['two']] },
    { kind: 'list', ordered: true, start: 3, items: [['three'], ['four']] },
    { kind: 'table', head: ['a', 'b'], rows: [['1', '2']] },
    { kind: 'code', text: 'x < y', language: 'js' },
    { kind: 'paragraph', inlines: ['quoted'] },
  ]);
});

test('readMarkdown() keeps the items of a list in a list in their order, and counts on', () => {
  expect(readMarkdown('1. one\n   - inner\n2. two\n- [x] done')).toEqual([
    { kind: 'list', ordered: true, items: [['one']] },
    { kind: 'list', items: [['inner']] },
    { kind: 'list', ordered: true, start: 2, items: [['two']] },
    { kind: 'list', items: [['[x] done']] },
  ]);
});

test.each([
  ['[a link](https://x.example/y)', ['a link (', { text: 'https://x.example/y', href: 'https://x.example/y' }, ')']],
  [
    '[https://good.example](https://evil.example)',
    ['https://good.example (', { text: 'https://evil.example', href: 'https://evil.example' }, ')'],
  ],
  ['[a script](javascript:alert(1))', ['a script']],
  ['[a file](file:///etc/passwd)', ['a file']],
  ['[creds](https://me:secret@x.example/)', ['creds']],
  ['![seen](https://evil.example/p.png)', ['seen']],
  ['<img src=https://evil.example/p.png>', ['<img src=https://evil.example/p.png>']],
  ['a\u202eb\u200bc', ['abc']],
])('readMarkdown() shows where a link leads and nothing that is hidden: %s', (text, inlines) => {
  expect(readMarkdown(text)).toEqual([{ kind: 'paragraph', inlines }]);
});

test('readMarkdown() without links only shows an address, whatever it stands in', () => {
  const shown = [{ code: 'https://x.example/?q=secret' }];
  expect(readMarkdown('https://x.example/?q=secret', { links: false })).toEqual([
    { kind: 'paragraph', inlines: shown },
  ]);
  expect(readMarkdown('- https://x.example/?q=secret', { links: false })).toEqual([{ kind: 'list', items: [shown] }]);
  expect(readMarkdown('https://x.example/?q=secret')).toEqual([
    { kind: 'paragraph', inlines: [{ text: 'https://x.example/?q=secret', href: 'https://x.example/?q=secret' }] },
  ]);
});

test('readMarkdown() ends on 100,000 signs that invite a parser to go back, and has nothing to say to nothing', () => {
  for (const sign of ['*', '_', '[', '`', '<', '> ', '- ', '|', '![', '\\']) {
    expect(Array.isArray(readMarkdown(sign.repeat(100_000 / sign.length)))).toBe(true);
  }
  expect(readMarkdown(' \n\u200b')).toEqual([]);
}, 60_000);
