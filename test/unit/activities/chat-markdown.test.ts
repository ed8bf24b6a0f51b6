import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderMarkdown } from '../../../activities/chat-markdown.ts';
import type { Block, ChatDocument, Inline } from '../../../schemas/chat-document.ts';
import { chatDocuments, hostileTexts, oneOfEach } from '../../support/chat-documents.ts';

/*
 * - Text never becomes markup: no sign that means something to CommonMark, GitHub, GitLab or Mattermost is left bare.
 * - Text never calls anybody, refers to anything or is made a link of: a joiner stands behind each sign that would.
 * - A fence and a pair of backticks are longer than what they hold.
 */

const render = (...blocks: Block[]) => renderMarkdown(blocks).replaceAll('\u2060', '·');
const line = (...inlines: Inline[]) => render({ kind: 'paragraph', inlines });

/** Takes away what a reader of Markdown would take as our own markup; what is left is text. */
function textLines(markdown: string): string[] {
  const open = markdown.split('\n');
  const lines: string[] = [];
  for (let at = 0; at < open.length; at += 1) {
    const fence = /^`{3,}/.exec(open[at] ?? '')?.[0];
    if (fence === undefined) lines.push(open[at] ?? '');
    else at = open.indexOf(fence, at + 1);
  }
  return lines;
}

function withoutSpans(text: string): string {
  return text
    .replace(/(?<![`\\])(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, 'code')
    .replace(/\[([^[\]\n]*)\]\(https?:\/\/ok\.example[^()\s]*\)/g, '($1)')
    .replace(/(?<!\\)\*\*/g, '');
}

function headingsIn(document: ChatDocument): number {
  return document.filter((block) => block.kind === 'heading' && /[^\s\u202c\u202e]/.test(block.text)).length;
}

describe('renderMarkdown()', () => {
  test('renderMarkdown() writes one block of each kind', () => {
    expect(renderMarkdown(oneOfEach)).toBe(
      [
        '### Backup',
        'The run `nightly` ended **well**, see [log](https://s.example/1).',
        '- one\n- two',
        '3. three\n4. four',
        '| Name | Size |\n| --- | --- |\n| 日本 | 1 |\n| a | 200 |',
        '```yaml\na: 1\nb: 2\n```',
      ].join('\n\n'),
    );
  });

  test('renderMarkdown() leaves no mark bare in any text', () => {
    fc.assert(
      fc.property(chatDocuments, (document) => {
        const rest = textLines(renderMarkdown(document)).map(withoutSpans);
        for (const text of rest) {
          const row = text.startsWith('| ') ? text.replaceAll(/(?<!\\)\|/g, '') : text.replace(/^\* /, '');
          expect(row).not.toMatch(/(?<!\\)[`*_~|]|[<[\]$]|\\(?![`*_~|])|&(?!(?:amp|lt|#\d+);)/);
        }
        expect(rest.filter((text) => text.startsWith('#'))).toHaveLength(headingsIn(document));
        expect(rest.filter((text) => /^(?:[>+=:;/]|-(?! )|~~~)/.test(text))).toEqual([]);
      }),
    );
  });

  test('renderMarkdown() leaves nothing that calls, refers or links in any text', () => {
    fc.assert(
      fc.property(chatDocuments, (document) => {
        const rest = textLines(renderMarkdown(document)).map(withoutSpans).join('\n');
        expect(rest).not.toMatch(/@(?=[a-z0-9_])|(?<!&)#(?=[a-z0-9])|[!~%](?=[a-z0-9])|:\/\/|www\.|\bGH-\d/i);
      }),
    );
  });

  test('renderMarkdown() writes each sign of Markdown so that it is read as itself', () => {
    expect(line('a<b> & [c] \\ $ `*_~| \u2424')).toBe('a&lt;b> &amp; &#91;c&#93; &#92; &#36; \\`\\*\\_\\~\\| &#9252;');
  });

  test('renderMarkdown() parts a mention from its name, in each kind of inline but code', () => {
    expect(line('@channel a@evil.example')).toBe('@·channel a·@·evil.example');
    expect(line({ strong: '@all' })).toBe('**·@·all**');
    expect(line('@', { strong: 'all' })).toBe('@·**all**');
    expect(line('@', 'all')).toBe('@·all');
    expect(line({ code: '@all' })).toBe('`@all`');
  });

  test('renderMarkdown() leaves times, prices in words and ordinary text alone', () => {
    const text = 'At 12:30 it was 50 % (see a-b, e.g. C#) and cost 5 EUR; fine!';
    expect(line(text)).toBe(text);
  });

  test('renderMarkdown() lets no text end a link or begin one with a link beside it', () => {
    const href = 'https://ok.example';
    expect(line({ text: 'x](https://evil.example) [y', href })).toBe(
      '[x&#93;(https:·//evil.example) &#91;y](https://ok.example)',
    );
    expect(line('!', { text: 'x', href })).toBe('!·[x](https://ok.example)');
    expect(line({ text: 'x', href }, { code: '](https://evil.example)' })).toBe(
      '[x](https://ok.example)·`]·(https://evil.example)`',
    );
    expect(line({ code: 'a[0](b)' })).toBe('`a[0](b)`');
    expect(line({ text: 'x', href: 'https://ok.example/(a)?b="c"&copy;=1' })).toBe(
      '[x](https://ok.example/%28a%29?b=%22c%22&amp;copy;=1)',
    );
  });

  test('renderMarkdown() keeps backticks within longer ones', () => {
    expect(line({ code: 'a`b' })).toBe('``a`b``');
    expect(line({ code: '`' })).toBe('`` ` ``');
    expect(line({ code: 'a' }, { code: 'b' })).toBe('`a`·`b`');
    expect(render({ kind: 'code', text: '```\n# x\n````' })).toBe('`````\n```\n# x\n````\n`````');
  });

  test('renderMarkdown() begins no block and no command with a line of text', () => {
    for (const text of ['# x', '- x', '+ x', '1. x', '12) x', '> x', '===', '---', '/close', ':x', '    x'])
      for (const shown of [line(text), line(`a\n${text}`), render({ kind: 'list', items: [[text]] })])
        expect(shown.split('\n').at(-1)?.replace('- ', '')).toMatch(text.startsWith(' ') ? /^x/ : /^·/);
    expect(line('2024 was - in # short - fine')).toBe('2024 was - in # short - fine');
  });

  test('renderMarkdown() keeps a cell in its row', () => {
    expect(render({ kind: 'table', head: ['a'], rows: [['b | c\nd'], ['\\|', 'e']] })).toBe(
      '| a |  |\n| --- | --- |\n| b \\| c d |  |\n| &#92;\\| | e |',
    );
  });

  test('renderMarkdown() names a language only where it is one that is coloured', () => {
    const fence = (language: string) => render({ kind: 'code', text: 'x', language }).split('\n')[0];
    expect(fence('yaml')).toBe('```yaml');
    for (const language of ['mermaid', 'math', 'suggestion', 'yaml\n# x', '`']) expect(fence(language)).toBe('```');
  });

  test('renderMarkdown() keeps two lists in a row apart', () => {
    const list = { kind: 'list', items: [['x']] } as const;
    expect(render(list, list, { ...list, ordered: true }, { ...list, ordered: true })).toBe(
      '- x\n\n* x\n\n1. x\n\n1) x',
    );
  });

  test('renderMarkdown() says nothing for a document without text', () => {
    expect(renderMarkdown([])).toBe('');
    for (const text of hostileTexts.filter((one) => one.trim() === ''))
      expect(
        render({ kind: 'heading', text }, { kind: 'code', text: '\n' }, { kind: 'table', head: [], rows: [[text]] }),
      ).toBe('');
  });
});
