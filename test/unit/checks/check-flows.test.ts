// Policy: the map of flows cannot lie. Each fault has its clean twin.
import { describe, expect, test } from 'vitest';
import { checkFlows, exportedFlows, readRecording } from '../../../checks/check-flows.ts';

const map = { digest: { touches: ['mail', 'outbox?', 'ledger'] } };
const whole = { file: 'a.json', flow: 'digest', groups: ['ledger', 'mail'] };

describe('checkFlows()', () => {
  test('checkFlows() is quiet when map, exports and histories agree', () => {
    expect(checkFlows(map, ['digest'], [whole])).toEqual([]);
    expect(checkFlows(map, ['digest'], [whole, { ...whole, groups: ['outbox'] }])).toEqual([]);
    expect(checkFlows(map, ['digest'], [])).toEqual([]);
  });

  test('checkFlows() names an export without a row and a row without an export', () => {
    expect(checkFlows(map, ['report'], [])).toEqual([
      'schemas/flows.ts has no row for report',
      'workflows/index.ts does not export digest',
    ]);
  });

  test('checkFlows() names a call that the row does not list, and a listed one that no history calls', () => {
    expect(checkFlows(map, ['digest'], [{ ...whole, groups: ['mail', 'models'] }])).toEqual([
      'a.json calls models, which the row of digest does not touch',
      'no kept history of digest calls ledger',
    ]);
  });

  test('checkFlows() names a history of a flow that is gone', () => {
    expect(checkFlows(map, ['digest'], [whole, { ...whole, flow: 'old' }])).toEqual([
      'a.json is of old, which schemas/flows.ts does not list',
    ]);
  });
});

test('readRecording() finds activities and local activities by their groups', () => {
  const marker = Buffer.from(JSON.stringify({ seq: 1, activity_type: 'ledger.endFire' })).toString('base64');
  const events = [
    { workflowExecutionStartedEventAttributes: { workflowType: { name: 'digest' } } },
    { activityTaskScheduledEventAttributes: { activityType: { name: 'mail.read' } } },
    { activityTaskScheduledEventAttributes: { activityType: { name: 'mail.close' } } },
    {
      markerRecordedEventAttributes: {
        markerName: 'core_local_activity',
        details: { data: { payloads: [{ data: marker }] } },
      },
    },
    { markerRecordedEventAttributes: { markerName: 'core_patch', details: {} } },
  ];
  expect(readRecording('a.json', JSON.stringify({ events }))).toEqual(whole);
});

test('exportedFlows() reads the barrel, types left out', () => {
  expect(exportedFlows("export { a, type B } from './a.ts';\nexport { c } from './c.ts';\n")).toEqual(['a', 'c']);
});
