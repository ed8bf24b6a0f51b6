import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderHtml } from '../../../activities/chat-html.ts';
import type { ChatDocument } from '../../../schemas/chat-document.ts';
import { chatDocuments, hostileTexts, oneOfEach } from '../../support/chat-documents.ts';

/*
 * - Nothing is written but the tags that Matrix lets through, each closed in its order, with no attribute of the text's.
 * - A link goes to the web and is one of the document's.
 */

const known = /^<\/?(?:h3|p|strong|code|pre|ul|ol|li|table|thead|tbody|tr|th|td|a)>$/;
const opened = /^<(?:ol start="\d+"|a href="https?:\/\/[^"<>]+")>$/;

function tagsOf(html: string): string[] {
  return html
    .split(/(?=<)/)
    .flatMap((piece) => (piece.startsWith('<') ? [piece.slice(0, piece.indexOf('>') + 1)] : []));
}

function isNested(tags: readonly string[]): boolean {
  const open: string[] = [];
  for (const tag of tags) {
    const name = /^<\/?(\w+)/.exec(tag)?.[1] ?? '';
    if (!tag.startsWith('</')) open.push(name);
    else if (open.pop() !== name) return false;
  }
  return open.length === 0;
}

function linksIn(document: ChatDocument): number {
  const inlines = document.flatMap((block) =>
    block.kind === 'paragraph' ? block.inlines : block.kind === 'list' ? block.items.flat() : [],
  );
  return inlines.filter((inline) => typeof inline === 'object' && 'href' in inline).length;
}

describe('renderHtml()', () => {
  test('renderHtml() writes one block of each kind', () => {
    expect(renderHtml(oneOfEach)).toBe(
      [
        '<h3>Backup</h3>',
        '<p>The run <code>nightly</code> ended <strong>well</strong>, see <a href="https://s.example/1">log</a>.</p>',
        '<ul><li>one</li><li>two</li></ul>',
        '<ol start="3"><li>three</li><li>four</li></ol>',
        '<table><thead><tr><th>Name</th><th>Size</th></tr></thead><tbody><tr><td>日本</td><td>1</td></tr><tr><td>a</td><td>200</td></tr></tbody></table>',
        '<pre><code>a: 1\nb: 2</code></pre>',
      ].join('\n'),
    );
  });

  test('renderHtml() writes each hostile text as text, wherever it stands', () => {
    for (const text of hostileTexts) {
      const html = renderHtml([
        { kind: 'heading', text },
        { kind: 'paragraph', inlines: [text, { strong: text }, { code: text }, { text, href: text }] },
        { kind: 'list', items: [[text]] },
        { kind: 'table', head: [text], rows: [[text]] },
        { kind: 'code', text, language: text },
      ]);
      expect(
        tagsOf(html).filter((tag) => !known.test(tag) && !/^<a href="https:\/\/evil\.example\/?a?">$/.test(tag)),
      ).toEqual([]);
    }
  });

  test('renderHtml() writes no tag, attribute or link that the document does not have', () => {
    fc.assert(
      fc.property(chatDocuments, (document) => {
        const tags = tagsOf(renderHtml(document));
        expect(tags.filter((tag) => !known.test(tag) && !opened.test(tag))).toEqual([]);
        expect(isNested(tags)).toBe(true);
        expect(tags.filter((tag) => tag.startsWith('<a '))).toHaveLength(linksIn(document));
      }),
    );
  });

  test('renderHtml() keeps only the text of a link that does not go to the web', () => {
    const link = (href: string) => renderHtml([{ kind: 'paragraph', inlines: [{ text: 'x', href }] }]);
    expect(link('javascript:alert(1)')).toBe('<p>x</p>');
    expect(link('https://ok.example/?a=1&b="2"')).toBe('<p><a href="https://ok.example/?a=1&amp;b=%222%22">x</a></p>');
  });

  test('renderHtml() makes a paragraph of each line', () => {
    expect(renderHtml([{ kind: 'paragraph', inlines: ['a\n\nb'] }])).toBe('<p>a</p><p>b</p>');
  });
});
