import { expect, test } from 'vitest';
import { judgeChat } from '../../chaos/judge-chat.ts';

const said = ['/s1m0', '/s1m1', '/s1m2'];
const answer = (text: string) => `There is no command ${text}.`;
const judge = (heard: string[], unknown: string[] = []) => judgeChat(said, heard.map(answer), new Set(unknown));

test('a campaign in which each is answered once and in order is clean', () => {
  expect(judge(said)).toEqual({ said: 3, lost: [], shownUnknown: [], twice: [], reordered: 0, invented: 0 });
});

test('what is not answered is lost, unless the record shows its answer as unknown', () => {
  expect(judge(['/s1m0', '/s1m2'])).toMatchObject({ lost: ['/s1m1'], shownUnknown: [] });
  expect(judge(['/s1m0', '/s1m2'], ['/s1m1'])).toMatchObject({ lost: [], shownUnknown: ['/s1m1'] });
});

test('an unknown answer that came once counts as answered, and twice as twice', () => {
  expect(judge(said, ['/s1m1'])).toMatchObject({ shownUnknown: [], twice: [] });
  expect(judge([...said, '/s1m2'], ['/s1m2'])).toMatchObject({ twice: ['/s1m2'] });
});

test('answers out of order, and to nothing that was said, are counted', () => {
  expect(judge(['/s1m1', '/s1m0', '/s1m2'])).toMatchObject({ reordered: 1 });
  expect(judge([...said, '/s1m9'])).toMatchObject({ invented: 1 });
});
