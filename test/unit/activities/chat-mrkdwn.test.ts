import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderMrkdwn } from '../../../activities/chat-mrkdwn.ts';
import type { Block, Inline } from '../../../schemas/chat-document.ts';
import { chatDocuments, hostileTexts, oneOfEach } from '../../support/chat-documents.ts';

/*
 * - The only angle brackets are those of the document's links, so that nobody is called by text.
 * - A fence holds what it holds.
 */

const render = (...blocks: Block[]) => renderMrkdwn(blocks).replaceAll('\u2060', '·');
const line = (...inlines: Inline[]) => render({ kind: 'paragraph', inlines });

describe('renderMrkdwn()', () => {
  test('renderMrkdwn() writes one block of each kind', () => {
    expect(renderMrkdwn(oneOfEach)).toBe(
      [
        '*Backup*\nThe run `nightly` ended *well*, see <https://s.example/1|log>.',
        '\u2022 one\n\u2022 two',
        '3. three\n4. four',
        '```\nName  Size\n----  ----\n日本  1\na     200\n```',
        '```\na: 1\nb: 2\n```',
      ].join('\n\n'),
    );
  });

  test('renderMrkdwn() writes no angle bracket but those of links to the web', () => {
    fc.assert(
      fc.property(chatDocuments, (document) => {
        const rest = renderMrkdwn(document).replace(/<https?:\/\/ok\.example[^<>|\s]*\|[^<>|\n]*(?:\|[^<>\n]*)?>/g, '');
        expect(rest).not.toMatch(/[<>]/);
        expect(rest).not.toMatch(/&(?!(?:amp|lt|gt);)/);
      }),
    );
  });

  test('renderMrkdwn() writes each hostile text as text, wherever it stands', () => {
    for (const text of hostileTexts) {
      const shown = render(
        { kind: 'heading', text },
        { kind: 'paragraph', inlines: [text, { strong: text }, { text, href: 'javascript:x' }] },
        { kind: 'list', items: [[text]] },
      );
      expect(shown).not.toMatch(/[<>]|```|@[a-z]|:\/\/|www\./);
    }
  });

  test('renderMrkdwn() closes no fence with what is in it', () => {
    fc.assert(
      fc.property(chatDocuments, (document) => {
        const fences = renderMrkdwn(document).match(/```/g) ?? [];
        const shown = document.filter(
          (block) => ['code', 'table'].includes(block.kind) && renderMrkdwn([block]) !== '',
        );
        expect(fences).toHaveLength(2 * shown.length);
      }),
    );
    expect(render({ kind: 'code', text: '```' })).toBe('```\n`·`·`\n```');
    expect(line({ code: 'a`b' })).toBe('a·`·b');
  });

  test('renderMrkdwn() parts the marks of bold and of a quote from what they would mark', () => {
    expect(line('*x* snake_case')).toBe('·*·x·*· snake_case');
    expect(line({ strong: 'a*' })).toBe('*a·*·*');
    expect(line('> x')).toBe('·&gt; x');
    expect(line('a > b, 2 & 3')).toBe('a &gt; b, 2 &amp; 3');
  });
});
