/** One thing that happens to a trigger, at a time of 1 March 2026, UTC. */
export interface Step {
  readonly at: string;
  readonly do: 'on' | 'offUntil' | 'slot' | 'event' | 'sameEvent' | 'ask' | 'ends' | 'fails';
  /** What the event holds. */
  readonly event?: Readonly<Record<string, unknown>>;
}

/** A case of the contract: what a file says, what happens, what becomes of it. A test runs each; the docs print each. */
export interface Semantics {
  readonly key: string;
  /** `hourly`: `schedule: "0 * * * *"`; `event`: any kind that is told of something. */
  readonly on: 'hourly' | 'event';
  /** Lines of the file beside `run:` and `when:`. */
  readonly file: string;
  readonly steps: readonly Step[];
  /** One line a fire, by due time; or what is said of the file, where nothing happens. */
  readonly becomes: readonly string[];
}

const off = (until: string): Step[] => [
  { at: '06:30', do: 'on' },
  { at: until, do: 'offUntil' },
];
const events = (...times: string[]): Step[] => times.map((at) => ({ at, do: 'event' }));
const row = (key: string, on: Semantics['on'], file: string, steps: Step[], ...becomes: string[]): Semantics => ({
  ...{ key, on, file, steps, becomes },
});

/** The terms of a trigger, case by case. */
export const triggerSemantics: readonly Semantics[] = [
  row(
    'missed',
    'hourly',
    '',
    [],
    'missed is required for a schedule: say what happens to a slot that passed while the machine was off',
  ),
  row(
    'missed',
    'hourly',
    'missed: { policy: none }',
    [
      { at: '06:30', do: 'on' },
      { at: '07:01', do: 'slot' },
    ],
    '07:00 runs',
  ),
  row(
    'missed',
    'hourly',
    'missed: { policy: none }',
    off('09:30'),
    '07:00 missed: noticed 2 h late; policy none',
    '08:00 missed: noticed 90 min late; policy none',
    '09:00 missed: noticed 30 min late; policy none',
  ),
  row(
    'missed',
    'hourly',
    'missed: { policy: latest }',
    off('09:30'),
    '07:00 missed: noticed 2 h late; policy latest, a newer slot stands for it',
    '08:00 missed: noticed 90 min late; policy latest, a newer slot stands for it',
    '09:00 runs, 30 min late',
  ),
  row(
    'missed',
    'hourly',
    'missed: { policy: latest, within: 10m }',
    off('08:30'),
    '07:00 missed: noticed 90 min late; policy latest within 10 min',
    '08:00 missed: noticed 30 min late; policy latest within 10 min',
  ),
  row(
    'missed',
    'hourly',
    'missed: { policy: latest }',
    off('08:00'),
    '07:00 missed: noticed 60 min late; policy latest, a newer slot stands for it',
    '08:00 runs',
  ),
  row(
    'missed',
    'hourly',
    'missed: { policy: all, max: 2 }',
    off('09:30'),
    '07:00 missed: noticed 2 h late; policy all, at most 2',
    '08:00 runs, 90 min late',
    '09:00 runs, 30 min late',
  ),

  row('overlap', 'event', 'overlap: allow', events('10:00', '10:01'), '10:00 runs', '10:01 runs'),
  row(
    'overlap',
    'event',
    'overlap: skip',
    events('10:00', '10:01'),
    '10:00 runs',
    '10:01 skipped: the run before was still open',
  ),
  row(
    'overlap',
    'event',
    'overlap: skip',
    [
      { at: '10:00', do: 'event' },
      { at: '10:01', do: 'ask' },
    ],
    '10:00 runs',
    '10:01 runs',
  ),
  row('overlap', 'event', 'overlap: cancelPrevious', events('10:00', '10:01'), '10:00 is asked to stop', '10:01 runs'),
  row(
    'overlap',
    'event',
    'overlap: { policy: queue, max: 1 }',
    events('10:00', '10:01', '10:02'),
    '10:00 runs',
    '10:01 waits its turn',
    '10:02 skipped: the queue is full: 1 wait',
  ),
  row(
    'overlap',
    'event',
    'overlap: { policy: queue }',
    [...events('10:00', '10:01'), { at: '10:05', do: 'ends' }],
    '10:00 ran',
    '10:01 runs',
  ),
  row(
    'overlap',
    'hourly',
    'missed: { policy: none }',
    [
      { at: '06:30', do: 'on' },
      { at: '07:00', do: 'slot' },
      { at: '08:00', do: 'slot' },
    ],
    '07:00 runs',
    '08:00 skipped: the run before was still open',
  ),

  row(
    'debounce',
    'event',
    'debounce: 30s',
    events('10:00:00', '10:00:20', '10:00:40'),
    '10:00 collects until 10:01:10',
  ),
  row(
    'debounce',
    'event',
    'debounce: { quiet: 30s, max: 1m }',
    events('10:00:00', '10:00:25', '10:00:50'),
    '10:00 collects until 10:01',
  ),
  row(
    'throttle',
    'event',
    'throttle: { max: 2, per: 1h }',
    events('10:00', '10:10', '10:20', '11:05'),
    '10:00 runs',
    '10:10 runs',
    '10:20 skipped: throttle: 2 fires within 60 min, at most 2',
    '11:05 runs',
  ),
  row(
    'cooldown',
    'event',
    'cooldown: 10m',
    events('10:00', '10:05', '10:10'),
    '10:00 runs',
    '10:05 skipped: cooldown 10 min: the last fire was 5 min ago',
    '10:10 runs',
  ),

  row(
    'condition',
    'event',
    'condition: event.size > 10',
    [
      { at: '10:00', do: 'event', event: { size: 11 } },
      { at: '10:01', do: 'event', event: { size: 10 } },
    ],
    '10:00 runs',
    '10:01 skipped: its condition does not hold',
  ),
  row(
    'condition',
    'event',
    'condition: { if: "!has(state.level) || event.level != state.level", keep: { level: event.level } }',
    [
      { at: '10:00', do: 'event', event: { level: 'red' } },
      { at: '10:01', do: 'event', event: { level: 'red' } },
      { at: '10:02', do: 'event', event: { level: 'green' } },
    ],
    '10:00 runs',
    '10:01 skipped: its condition does not hold',
    '10:02 runs',
  ),
  row(
    'condition',
    'event',
    'condition: event.size > 10',
    [{ at: '10:00', do: 'event', event: {} }],
    '10:00 skipped: its condition cannot be decided: there is no such field in `event.size` (column 1)',
  ),
  row(
    'map',
    'event',
    'map: { name: event.file }',
    [{ at: '10:00', do: 'event', event: { file: 'a.pdf' } }],
    '10:00 runs with name: a.pdf',
  ),
  row(
    'map',
    'event',
    'map: { name: event.file }',
    [{ at: '10:00', do: 'event', event: {} }],
    '10:00 failed: map.name cannot be made: there is no such field in `event.file` (column 1)',
  ),

  row('priority', 'event', 'priority: urgent', events('10:00'), '10:00 runs as priority 1 of 5 on queue steward'),
  row('priority', 'event', '', events('10:00'), '10:00 runs as priority 3 of 5 on queue steward'),
  row(
    'priority',
    'event',
    'priority: background',
    events('10:00'),
    '10:00 runs as priority 5 of 5 on queue steward-batch',
  ),
  row(
    'retry',
    'event',
    'retry: { attempts: 3 }',
    events('10:00'),
    '10:00 runs up to 3 times, 60 s apart at first, each wait 2 times the one before',
  ),
  row(
    'retry',
    'event',
    'retry: { attempts: 5, wait: 10s, factor: 1 }',
    events('10:00'),
    '10:00 runs up to 5 times, 10 s apart at first, each wait 1 times the one before',
  ),
  row(
    'onFailure',
    'event',
    '',
    [
      { at: '10:00', do: 'event' },
      { at: '10:01', do: 'fails' },
    ],
    '10:00 failed',
  ),
  row(
    'onFailure',
    'event',
    'onFailure: { run: endless }',
    [
      { at: '10:00', do: 'event' },
      { at: '10:01', do: 'fails' },
    ],
    '10:00 failed',
    '10:01 runs endless, told what failed',
  ),
  row(
    'onFailure',
    'event',
    'onFailure: { run: endless }',
    [
      { at: '10:00', do: 'event' },
      { at: '10:01', do: 'ends' },
    ],
    '10:00 ran',
  ),

  row('enabled', 'event', 'enabled: false', events('10:00'), 'no fire: it is not in force'),
  row('enabled', 'hourly', 'enabled: false\nmissed: { policy: all }', off('09:30')),
  row(
    'until',
    'event',
    'until: 2026-03-01T10:00:00Z',
    events('10:00', '10:01'),
    '10:00 runs',
    'no fire: it is not in force',
  ),
  row(
    'until',
    'hourly',
    'until: 2026-03-01T08:00:00Z\nmissed: { policy: all }',
    off('09:30'),
    '07:00 runs, 2 h late',
    '08:00 runs, 90 min late',
  ),
  row('owner', 'event', 'owner: me', [], 'in force'),
  row('owner', 'event', 'owner: bob', [], 'owner is "bob", expected me'),
  row('tags', 'event', 'tags: [home, self-care]', [], 'in force'),
  row('tags', 'event', 'tags: [self care]', [], 'tags.0 is "self care", expected letters, digits and . _ -'),
  row(
    'the same event',
    'event',
    '',
    [
      { at: '10:00', do: 'event' },
      { at: '10:05', do: 'sameEvent' },
    ],
    '10:00 runs, told of it 2 times',
  ),
];

/** What clocks that change do to a schedule. */
export interface ClockCase {
  readonly schedule: string;
  readonly zone: string;
  readonly after: string;
  /** The next slots, UTC. */
  readonly slots: readonly string[];
  readonly why: string;
}

/** Berlin: 02:00 to 03:00 is skipped on 2026-03-29, and happens twice on 2026-10-25. */
export const clockSemantics: readonly ClockCase[] = [
  {
    ...{ schedule: '30 2 * * *', zone: 'Europe/Berlin', after: '2026-03-28T12:00:00Z' },
    ...{
      slots: ['2026-03-29T01:00:00Z', '2026-03-30T00:30:00Z'],
      why: 'a fixed time that is skipped: once, right after the gap',
    },
  },
  {
    ...{ schedule: '30 2 * * *', zone: 'Europe/Berlin', after: '2026-10-24T12:00:00Z' },
    ...{
      slots: ['2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z'],
      why: 'a fixed time that is repeated: once, the first time',
    },
  },
  {
    ...{ schedule: '30 * * * *', zone: 'Europe/Berlin', after: '2026-03-29T00:00:00Z' },
    ...{
      slots: ['2026-03-29T00:30:00Z', '2026-03-29T01:30:00Z'],
      why: '`*` in the hour field follows elapsed time: none in the gap',
    },
  },
  {
    ...{ schedule: '30 * * * *', zone: 'Europe/Berlin', after: '2026-10-25T00:00:00Z' },
    ...{ slots: ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'], why: '`*` in the hour field: both times' },
  },
  {
    ...{ schedule: '0 12 13 * fri', zone: 'UTC', after: '2026-03-01T00:00:00Z' },
    ...{ slots: ['2026-03-06T12:00:00Z', '2026-03-13T12:00:00Z'], why: 'day of month OR day of week, as in cron' },
  },
  {
    ...{ schedule: '0 0 29 2 *', zone: 'UTC', after: '2026-03-01T00:00:00Z' },
    ...{ slots: ['2028-02-29T00:00:00Z', '2032-02-29T00:00:00Z'], why: 'leap days only where there is one' },
  },
  {
    ...{ schedule: '30 2 * * *', zone: 'America/Santiago', after: '2026-04-04T12:00:00Z' },
    ...{
      slots: ['2026-04-05T06:30:00Z', '2026-04-06T06:30:00Z'],
      why: 'the southern hemisphere changes the other way round',
    },
  },
];
