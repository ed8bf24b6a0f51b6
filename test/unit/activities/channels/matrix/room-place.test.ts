import { expect, test } from 'vitest';
import { addressOf, placeOf } from '../../../../../activities/channels/matrix/room-place.ts';

test.each([{ roomId: '!room:matrix.test' }, { roomId: '!room', root: '$root' }])(
  'placeOf() reads what addressOf() wrote of %j',
  (place) => {
    expect(placeOf(addressOf(place))).toEqual(place);
  },
);

test('placeOf() tells a person from a place', () => {
  expect(placeOf('@owner:matrix.test')).toEqual({ userId: '@owner:matrix.test' });
});

test.each([
  '',
  'owner@xmpp.test',
  '#alias:matrix.test',
  '{',
  '[]',
  '{"room":"../x","root":"$a"}',
  '{"room":"!a","root":7}',
])('placeOf() takes %j for no place', (address) => {
  expect(placeOf(address)).toBeUndefined();
});
