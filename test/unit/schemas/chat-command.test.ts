import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxWords, parseCommand } from '../../../schemas/chat-command.ts';

/*
 * - A slash and a name at the beginning is a command, behind a mention too; everything else is a message.
 * - Quotes make one word; a quote that is not closed and an apostrophe are signs like others.
 * - No text is refused by an exception, and none has more than 200 words.
 */

const wordsOf = (text: string) => parseCommand(`/x ${text}`)?.words;

describe('parseCommand()', () => {
  test('parseCommand() reads the name in any case, the words, and the rest as it was written', () => {
    expect(parseCommand('/Digest  home now ')).toEqual({ name: 'digest', words: ['home', 'now'], rest: 'home now' });
    expect(parseCommand('  /help')).toEqual({ name: 'help', words: [], rest: '' });
    expect(parseCommand('/note a\n  "b\nc"')).toEqual({ name: 'note', words: ['a', 'b\nc'], rest: 'a\n  "b\nc"' });
  });

  test('parseCommand() takes a leading mention off', () => {
    for (const mention of ['steward:', 'Steward,', '@steward', '@steward:', '@steward:example.org'])
      expect(parseCommand(`${mention} /help me`)).toEqual({ name: 'help', words: ['me'], rest: 'me' });
  });

  test('parseCommand() leaves every other message alone', () => {
    for (const text of [
      '',
      '/',
      '//',
      '/ help',
      '/1',
      '/etc/hosts',
      '/help/me',
      'help',
      'please /help',
      'a b: /help',
      'http://x.example /help',
      '@a @b /help',
      '-/help',
    ])
      expect(parseCommand(text)).toBeUndefined();
    expect(parseCommand(`/${'a'.repeat(64)}`)?.name).toHaveLength(64);
    expect(parseCommand(`/${'a'.repeat(65)}`)).toBeUndefined();
  });

  test('parseCommand() makes one word of what is in quotes', () => {
    expect(wordsOf('"two words" \'and two\' “of a phone” „und hier“ end')).toEqual([
      'two words',
      'and two',
      'of a phone',
      'und hier',
      'end',
    ]);
    expect(wordsOf('title="two words" a"b c"d "" \'\'')).toEqual(['title=two words', 'ab cd', '', '']);
  });

  test('parseCommand() reads a quote that is not closed and an apostrophe as themselves', () => {
    expect(wordsOf("don't say it's \"so")).toEqual(["don't", 'say', "it's", '"so']);
    expect(wordsOf("'tis")).toEqual(["'tis"]);
    expect(wordsOf('a\\ b $HOME `id` ; rm *')).toEqual(['a\\', 'b', '$HOME', '`id`', ';', 'rm', '*']);
  });

  test('parseCommand() gives 200 words of 200 and of 201, and all of them in the rest', () => {
    for (const count of [maxWords, maxWords + 1]) {
      const text = 'w '.repeat(count).trim();
      expect(wordsOf(text)).toHaveLength(maxWords);
      expect(parseCommand(`/x ${text}`)?.rest).toBe(text);
    }
  });

  test('parseCommand() throws for no text, and gives back words that were there', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((text) => `/x ${text}`),
          fc.stringMatching(/^\/x ["' a“]{0,40}$/),
        ),
        (text) => {
          const bare = (some: string) => some.replace(/["“”„']/gu, '');
          for (const word of parseCommand(text)?.words ?? []) expect(bare(text)).toContain(bare(word));
        },
      ),
    );
    for (const sign of ['"', "'", ' "a', " 'a", '@a:', '/'])
      expect(() => parseCommand(`/x ${sign.repeat(50_000)}`)).not.toThrow();
  });
});
