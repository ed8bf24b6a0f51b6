// - A rehearsal goes through the same steps as dispatch and says what would become of an event.
// - A made-up event of each kind has every field that such an event has, and passes where the file asks for nothing odd.
import { expect, test } from 'vitest';
import { globPattern } from '../../../schemas/glob-pattern.ts';
import { triggerEvents } from '../../../schemas/trigger-events.ts';
import { type Trigger, triggerFile } from '../../../schemas/trigger-file.ts';
import { kindOf } from '../../../schemas/trigger-kinds.ts';
import { rehearseTrigger } from '../../../triggers/rehearse-trigger.ts';
import { sampleEvent } from '../../../triggers/sample-event.ts';

const about = { state: {}, zone: 'Europe/Berlin', now: new Date('2026-03-27T12:00:00Z') };
const made = (file: object): Trigger => ({ ...triggerFile.parse({ run: 'noop', ...file }), name: 'mine', hash: '' });

const whens: [string, object][] = [
  ['schedule', { when: { schedule: '30 2 * * *' }, missed: { policy: 'none' } }],
  ['mail', { when: { mail: { account: 'home', folder: 'INBOX' } } }],
  ['message', { when: { message: { channel: 'api', mention: true } } }],
  ['http', { when: { http: { url: 'https://x.example/', on: 'recovery' } } }],
  ['webhook', { when: { webhook: { provider: 'github', secret: '12345678', events: ['push'] } } }],
  ['metric', { when: { metric: { machine: 'diskFreePercent', below: 10 } } }],
  ['file', { when: { file: { path: '/srv', match: '*.txt' } } }],
  ['flow', { when: { flow: { trigger: 'other', ending: ['failed', 'missed'], outcome: 'sent' } } }],
];

test.each(whens)('rehearseTrigger() would run a made-up event of kind %s', (kind, file) => {
  const trigger = made(file);
  const event = sampleEvent(trigger, about);
  expect(kindOf(trigger)).toBe(kind);
  expect(triggerEvents[kindOf(trigger)].parse(event)).toEqual(event);
  expect(rehearseTrigger(trigger, event, about)).toMatchObject({ kind, verdict: 'run', notes: [], args: {} });
});

test.each<[string, object, object, string]>([
  ['schedule', whens[0]![1], { dueAt: '2026-03-28T02:30:00Z' }, 'event.dueAt is not a slot of the schedule'],
  ['mail', whens[1]![1], { account: 'work' }, 'the mail is not what `when.mail` asks for'],
  ['message', whens[2]![1], { mention: false }, 'the message is not what `when.message` asks for'],
  ['http', whens[3]![1], { faulty: true }, 'it is a fault, and `on` is recovery'],
  ['webhook', whens[4]![1], { type: 'issues' }, 'its type is not among push'],
  ['metric', whens[5]![1], { faulty: false }, 'it is well, and `on` is fault'],
  ['file', whens[6]![1], { name: 'a.pdf' }, 'the name is not one of *.txt'],
  ['file', whens[6]![1], { change: 'vanishes' }, 'the change is not among appears, changes'],
  ['flow', whens[7]![1], { ending: 'ran' }, 'the ending is not what `when.flow` waits for'],
  [
    'flow',
    { when: { flow: { run: 'noop' } } },
    { trigger: 'mine' },
    'the ending is not what `when.flow` waits for: a trigger never follows itself',
  ],
])('rehearseTrigger() knows an event of kind %s that a trigger does not wait for', (_kind, file, change, why) => {
  const trigger = made(file);
  const event = { ...sampleEvent(trigger, about), ...change };
  expect(rehearseTrigger(trigger, event, about)).toMatchObject({ verdict: 'ignored', why });
});

test.each([
  ['*', '.hidden', 'run'],
  ['\\*x', '*x', 'run'],
  ['\\*x', 'ax', 'ignored'],
  ['{a,b}.[ct]sv', 'b.tsv', 'run'],
])('rehearseTrigger() reads the glob %s as the watch does, for the name %s', (match, name, verdict) => {
  const trigger = made({ when: { file: { path: '/srv', match } } });
  expect(globPattern(match)(name)).toBe(verdict === 'run');
  expect(rehearseTrigger(trigger, { ...sampleEvent(trigger, about), name }, about).verdict).toBe(verdict);
});

test('rehearseTrigger() judges a status where nothing says whether it is a fault', () => {
  const trigger = made({ when: { http: { url: 'https://x.example/', status: ['500-599', 429, 'timeout'] } } });
  const verdictOf = (event: object) => rehearseTrigger(trigger, { ...event }, about).verdict;
  expect([verdictOf({ status: 503 }), verdictOf({ status: 429 }), verdictOf({ answer: 'timeout', status: 0 })]).toEqual(
    Array(3).fill('run'),
  );
  expect([verdictOf({ status: 200 }), verdictOf({ status: 499 })]).toEqual(['ignored', 'ignored']);
});

test('rehearseTrigger() says what state would hold, what map makes and what it did not look at', () => {
  const trigger = made({
    ...{ when: { mail: {} }, with: { a: 1 }, map: { subject: 'event.subject' }, cooldown: '1m', deliver: ['mail:me'] },
    condition: { if: '!has(state.seen) || event.subject != state.seen', keep: { seen: 'event.subject' } },
  });
  const event = sampleEvent(trigger, about);
  const first = rehearseTrigger(trigger, event, about);
  expect(first).toMatchObject({
    ...{ verdict: 'run', state: { seen: 'A sample' }, args: { a: 1, subject: 'A sample' } },
    ...{ slotKey: 'mail-inb_sample', priority: 'normal', deliver: ['mail:me'] },
  });
  expect(first.notLookedAt).toContain('cooldown');
  expect(rehearseTrigger(trigger, event, { ...about, state: first.state })).toMatchObject({
    ...{ verdict: 'skipped', why: 'its condition does not hold' },
  });
});

test('rehearseTrigger() says what a map cannot make, what is switched off, and what a sample lacks', () => {
  const mail = { when: { mail: {} }, map: { a: 'event.from.address' } };
  expect(rehearseTrigger(made(mail), { kind: 'mail' }, about)).toMatchObject({
    verdict: 'failed',
    why: 'map.a cannot be made: there is no such field in `event.from` (column 1)',
    notes: [expect.stringMatching(/^an event of kind mail also has, .*: inboxId, account,/)],
  });
  expect(rehearseTrigger(made({ ...mail, enabled: false }), {}, about)).toMatchObject({
    verdict: 'ignored',
    why: 'it is switched off',
  });
});
