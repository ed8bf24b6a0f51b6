// Policy: an envelope that is not what Matrix says is no event, and nothing in one can break the reading.
import { expect, test } from 'vitest';
import { isEntryOf, readEvent, readEvents } from '../../../../../activities/channels/matrix/read-event.ts';
import { eventOf, scripted, textOf } from '../../../../support/scripted-homeserver.ts';

test('readEvent() reads what a homeserver gives out', () => {
  expect(readEvent(eventOf(textOf('hello'), { event_id: '$one', origin_server_ts: 5 }))).toEqual({
    ...{ id: '$one', sender: scripted.owner, type: 'm.room.message', stateKey: undefined, sentAt: 5 },
    ...{ content: { msgtype: 'm.text', body: 'hello' }, unsigned: {}, redacts: undefined },
  });
});

test.each([
  ['in rooms of before version 11', { redacts: '$one' }, '$one'],
  ['in rooms of today', { content: { redacts: '$one' } }, '$one'],
  ['what is no event', { redacts: 'one', content: { redacts: 7 } }, undefined],
])('readEvent() reads what a redaction takes back, %s', (_where, more, redacts) => {
  expect(readEvent(eventOf({}, { type: 'm.room.redaction', ...more }))).toMatchObject({ redacts });
});

test.each([
  ['nothing', undefined],
  ['a list', []],
  ['no id', eventOf({}, { event_id: undefined })],
  ['an id that is none', eventOf({}, { event_id: 'event' })],
  ['an id that is endless', eventOf({}, { event_id: `$${'a'.repeat(255)}` })],
  ['an id of another type', eventOf({}, { event_id: { toString: '$' } })],
  ['no sender', eventOf({}, { sender: undefined })],
  ['a sender that is none', eventOf({}, { sender: 'owner' })],
  ['a sender with a line break', eventOf({}, { sender: '@own\ner:matrix.test' })],
  ['no type', eventOf({}, { type: 7 })],
  ['a time that is none', eventOf({}, { origin_server_ts: 'yesterday' })],
])('readEvent() takes %s for no event', (_what, raw) => {
  expect(readEvent(raw)).toBeUndefined();
});

test.each([
  [-1, '1970-01-01T00:00:00.000Z'],
  [1.5, '1970-01-01T00:00:00.001Z'],
  [9e15, '9999-12-31T23:59:59.000Z'],
  [1e300, '9999-12-31T23:59:59.000Z'],
])('readEvent() brings the time %d into the calendar', (at, read) => {
  expect(new Date(readEvent(eventOf({}, { origin_server_ts: at }))!.sentAt).toISOString()).toBe(read);
});

test('readEvents() leaves out what is none and keeps the order of the others', () => {
  const [first, last] = [eventOf(textOf('first')), eventOf(textOf('last'))];
  expect(readEvents([first, null, 7, { ...first, sender: 1 }, last]).map(({ id }) => id)).toEqual([
    ...[first.event_id, last.event_id],
  ]);
  expect(readEvents({ length: 1 })).toEqual([]);
});

test.each([
  [{ membership: 'invite' }, undefined, scripted.us, true],
  [{ membership: 'join' }, undefined, scripted.us, true],
  [{ membership: 'join' }, { membership: 'leave' }, scripted.us, true],
  [{ membership: 'join' }, { membership: 'invite' }, scripted.us, false],
  [{ membership: 'join', displayname: 'new' }, { membership: 'join' }, scripted.us, false],
  [{ membership: 'invite' }, undefined, scripted.owner, false],
  [{ membership: 'leave' }, { membership: 'join' }, scripted.us, false],
])('isEntryOf() of %j after %j for %s is %s', (content, before, stateKey, entry) => {
  const unsigned = { prev_content: before };
  const event = readEvent(eventOf(content, { type: 'm.room.member', state_key: stateKey, unsigned }))!;
  expect(isEntryOf(scripted.us, event)).toBe(entry);
});
