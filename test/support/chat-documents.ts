import fc from 'fast-check';
import type { Block, ChatDocument, Inline } from '../../schemas/chat-document.ts';

/** Texts as somebody would write them who wants to be more than text. */
export const hostileTexts = [
  '[x](javascript:alert(1))',
  '[x](https://evil.example)',
  '![x](https://evil.example/a.png)',
  '[x]: https://evil.example',
  'https://evil.example/a',
  'www.evil.example 0www.evil.example',
  'evil.example/a',
  'a@evil.example',
  '<img src=x onerror=alert(1)>',
  '<a href="https://evil.example">x</a>',
  '</code></pre><h1>x</h1>',
  '&lt;b&gt; &#60;i&#62;',
  '```\n# x\n```',
  '~~~',
  '`x`',
  '@channel',
  '@all',
  '@here @octocat',
  '<!everyone>',
  '<!channel>',
  '<https://evil.example|x>',
  '# x',
  '- x\n1. y\n> z',
  'x\n===',
  'x\n---',
  '|',
  'a | b\n--- | ---\nc | d',
  '\\',
  '\\[x](https://evil.example)',
  '**x** __y__ *z* ~~u~~',
  '#1 !2 ~3 $4 %5 &6 GH-7',
  '$x$',
  ':smile:',
  '\u202egro.live\u202c',
  '\u2424# x',
  '\u2028# x',
  '\ud800',
  '"\'',
  '    x',
  '',
  ' ',
];

const graphemes = fc.string({ unit: 'grapheme', maxLength: 30 });
const texts = fc.oneof(
  graphemes,
  fc.constantFrom(...hostileTexts),
  fc.array(fc.oneof(graphemes, fc.constantFrom(...hostileTexts)), { maxLength: 6 }).map((pieces) => pieces.join(' ')),
);
const hrefs = fc.constantFrom(
  'https://ok.example',
  'http://ok.example/a?b=c&copy=d#e',
  'https://ok.example/(a)_b*c*|d',
);

const inlines: fc.Arbitrary<readonly Inline[]> = fc.array(
  fc.oneof<fc.Arbitrary<Inline>[]>(
    texts,
    fc.record({ strong: texts }),
    fc.record({ code: texts }),
    fc.record({ text: texts, href: hrefs }),
  ),
  { maxLength: 5 },
);

const blocks: fc.Arbitrary<Block> = fc.oneof<fc.Arbitrary<Block>[]>(
  fc.record({ kind: fc.constant('heading' as const), text: texts }),
  fc.record({ kind: fc.constant('paragraph' as const), inlines }),
  fc.record({ kind: fc.constant('list' as const), items: fc.array(inlines, { maxLength: 5 }) }),
  fc.record({
    kind: fc.constant('list' as const),
    ordered: fc.constant(true as const),
    start: fc.integer({ min: 0, max: 99 }),
    items: fc.array(inlines, { maxLength: 5 }),
  }),
  fc.record({
    kind: fc.constant('table' as const),
    head: fc.array(texts, { maxLength: 3 }),
    rows: fc.array(fc.array(texts, { maxLength: 4 }), { maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant('code' as const), text: texts }),
  fc.record({ kind: fc.constant('code' as const), text: texts, language: fc.constantFrom('yaml', 'mermaid', '``` x') }),
);

/** Documents of any blocks, half of their texts hostile. */
export const chatDocuments: fc.Arbitrary<ChatDocument> = fc.array(blocks, { maxLength: 6 });

/** A document with one block of each kind, as Steward would write it. */
export const oneOfEach: ChatDocument = [
  { kind: 'heading', text: 'Backup' },
  {
    kind: 'paragraph',
    inlines: [
      'The run ',
      { code: 'nightly' },
      ' ended ',
      { strong: 'well' },
      ', see ',
      { text: 'log', href: 'https://s.example/1' },
      '.',
    ],
  },
  { kind: 'list', items: [['one'], ['two']] },
  { kind: 'list', ordered: true, start: 3, items: [['three'], ['four']] },
  {
    kind: 'table',
    head: ['Name', 'Size'],
    rows: [
      ['日本', '1'],
      ['a', '200'],
    ],
  },
  { kind: 'code', language: 'yaml', text: 'a: 1\nb: 2' },
];
