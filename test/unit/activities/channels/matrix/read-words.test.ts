// Policy: what a message says is what a person would see of it, and never more than the limit.
import { describe, expect, test } from 'vitest';
import { readWords } from '../../../../../activities/channels/matrix/read-words.ts';
import { limits } from '../../../../../schemas/protocol.ts';
import { textOf } from '../../../../support/scripted-homeserver.ts';

const most = limits.chatTextChars;
const reply = { 'm.relates_to': { 'm.in_reply_to': { event_id: '$a' } } };

test('readWords() reads text and emotes as they are', () => {
  expect(readWords(textOf('two\nlines'))).toEqual({ text: 'two\nlines', mentions: [] });
  expect(readWords({ msgtype: 'm.emote', body: 'waves' })).toEqual({ text: 'waves', mentions: [] });
});

test.each([
  ['nothing', {}],
  ['a redacted message', { body: undefined }],
  ['a body that is none', { msgtype: 'm.text', body: { text: 'x' } }],
  ['a kind that is none', { msgtype: 7, body: 'x' }],
  ['a notice of a bot', { msgtype: 'm.notice', body: 'x' }],
  ['a request to verify', { msgtype: 'm.key.verification.request', body: 'x' }],
  ['signs that nobody sees', textOf('\u200b\u2060 \u{e0041}')],
])('readWords() hears nothing in %s', (_what, content) => {
  expect(readWords(content)).toBeUndefined();
});

test('readWords() takes out what turns text round and what hides in it', () => {
  expect(readWords(textOf('pay \u202eelttil\u202c to\u200b me'))?.text).toBe('pay elttil to me');
  expect(readWords(textOf('تشغيل 👩‍👧 fine'))?.text).toBe('تشغيل 👩‍👧 fine');
});

describe('readWords() cuts', () => {
  test('nothing at the limit', () => {
    expect(readWords(textOf('a'.repeat(most)))).toEqual({ text: 'a'.repeat(most), mentions: [] });
  });

  test('one over the limit, and says so', () => {
    const words = readWords(textOf('a'.repeat(most + 1)));
    expect(words?.text).toHaveLength(most);
    expect(words?.incomplete).toBe(`It was longer than ${most} characters; the rest was left out.`);
  });

  test('no character in two', () => {
    expect(readWords(textOf(`${'a'.repeat(most - 1)}😀`))?.text).toBe('a'.repeat(most - 1));
  });

  test('a body of 1 MB that is all hidden to nothing, and says so', () => {
    const words = readWords(textOf('\u200b'.repeat(1_000_000)));
    expect(words?.text).toBe('');
    expect(words?.incomplete).toContain('the rest was left out');
  });
});

test('readWords() strips the quotation of a reply, and only there', () => {
  const body = '> <@me:matrix.test> what I said\n> and more\n\nand the answer';
  expect(readWords(textOf(body, reply))?.text).toBe('and the answer');
  expect(readWords(textOf(body))?.text).toBe(body);
  expect(readWords(textOf('> a quotation of mine\n\nyes', reply))?.text).toBe('> a quotation of mine\n\nyes');
  expect(readWords(textOf('> <@me:matrix.test> only quoted', reply))).toBeUndefined();
});

test.each(['m.image', 'm.file', 'm.audio', 'm.video', 'm.location'])(
  'readWords() says of %s that attachments are not read, and keeps its caption',
  (msgtype) => {
    const incomplete = 'An attachment came with it; attachments are not read yet.';
    expect(readWords({ msgtype, body: 'cat.png' })).toEqual({ text: '', mentions: [], incomplete });
    expect(readWords({ msgtype, body: 'my cat', filename: 'cat.png' })).toEqual({
      ...{ text: 'my cat', mentions: [], incomplete },
    });
    expect(readWords({ msgtype, body: 'cat.png', filename: 'cat.png' })?.text).toBe('');
  },
);

test('readWords() takes the body of a kind that it does not know, and says so', () => {
  expect(readWords({ msgtype: 'org.example.poll', body: 'Which day?' })).toEqual({
    ...{ text: 'Which day?', mentions: [], incomplete: 'It is of a kind that is not known here.' },
  });
});

test.each([[undefined], ['@steward:matrix.test'], [{ user_ids: 'all' }], [{ user_ids: { 0: 'x' } }]])(
  'readWords() finds nobody mentioned in %j',
  (mentions) => {
    expect(readWords(textOf('hello', { 'm.mentions': mentions }))?.mentions).toEqual([]);
  },
);
