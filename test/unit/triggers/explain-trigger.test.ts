// - What a file does is said in words, for every kind, from the file alone.
// - No secret and no address that may hold one is in the words.
// - A field that events of the kind do not have is noted, with what was meant.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Trigger, type TriggerFile, triggerFile } from '../../../schemas/trigger-file.ts';
import { parseFile } from '../../../store/files/parse-file.ts';
import { explainTrigger } from '../../../triggers/explain-trigger.ts';

const about = { zone: 'Europe/Berlin', now: new Date('2026-03-27T12:00:00Z') };
const examples = fileURLToPath(new URL('../../../docs/examples/triggers/', import.meta.url));

function read(text: string, name = 'mine'): Trigger {
  const places = { home: '/', env: {}, secret: () => 'hush-hush-hush' };
  const parsed = parseFile<TriggerFile>(text, triggerFile, places);
  if (!parsed.ok) throw new Error(parsed.faults[0].message);
  return { ...parsed.value, name, hash: parsed.hash };
}
const explain = (text: string, name?: string) => explainTrigger(read(text, name), about);
const wordsOf = (text: string, topic: string) => explain(text).says.find((one) => one.topic === topic)?.words;

const pictures: Readonly<Record<string, string>> = {
  'at.yaml': 'at 2026-12-24T18:00:00+01:00 -> morningReport -> mail:me',
  'checkout-down.yaml': 'shop.example.org fails -> serviceFault -> mail:me',
  'every.yaml': 'every 90 min -> healthCheck',
  'file.yaml': '*.pdf in ~/Scans appears -> emailDigest',
  'flow.yaml': 'morning-report failed -> healthCheck',
  'http.yaml': 'shop.example.org changes -> healthCheck',
  'mail.yaml': 'mail in home -> emailDigest -> mail:me',
  'message.yaml': 'message "(?i)^report\\b" -> morningReport -> mail:me',
  'metric.yaml': 'diskFreePercent below 10 -> healthCheck',
  'rrule.yaml': 'FREQ=MONTHLY;BYDAY=-1FR -> morningReport -> mail:me',
  'schedule.yaml': '30 7 * * mon-fri -> morningReport -> mail:me',
  'webhook.yaml': 'github hook push -> condition -> emailDigest',
};

test.each(readdirSync(examples))('explainTrigger() draws %s in one line, and has nothing to note', (name) => {
  const explained = explain(readFileSync(`${examples}${name}`, 'utf8'), name.replace('.yaml', ''));
  expect(explained.picture).toBe(pictures[name]);
  expect(explained.notes).toEqual([]);
  expect(JSON.stringify(explained)).not.toContain('hush');
});

test('explainTrigger() goes through the life of a fire', () => {
  const explained = explain(`
run: emailDigest
when: { mail: { account: home, from: '@boss\\.example$', proven: true }, settle: 45s }
condition: { if: 'event.subject != state.last', keep: { last: event.subject } }
map: { who: event.from.address }
with: { length: short }
cooldown: 10m
throttle: { max: 6, per: 1h }
overlap: { policy: queue, max: 3 }
retry: { attempts: 3, wait: 90s }
onFailure: { run: healthCheck, notify: true }
deliver: [mail:me]
priority: high
until: 2027-01-01T00:00:00Z
tags: [work]
`);
  expect(explained.picture).toBe('mail from @boss\\.example$ -> condition -> emailDigest -> mail:me');
  expect(Object.fromEntries(explained.says.map(({ topic, words }) => [topic, words]))).toEqual({
    fires:
      'when mail comes to account home, whose sender holds @boss\\.example$, with a proven sender; mail within 45 s is one fire',
    condition: 'only where event.subject != state.last; remembers last = event.subject',
    limits: 'not for 10 min after a fire, at most 6 fires in 1 h; what is more is recorded as skipped',
    runs: 'emailDigest',
    arguments: 'length, who = event.from.address',
    missed: 'mail that comes while Steward is away is read later, and counts then',
    busy: 'while a run is under way, up to 3 more wait, one after another',
    failed:
      'begun anew, 3 times in all, after 90 s, each wait 2 times as long; then healthCheck runs; then every channel of the owner is told',
    tells: 'mail:me',
    priority: 'high',
    until: '2027-01-01T00:00:00Z',
    owner: 'me',
    tags: 'work',
  });
});

test('explainTrigger() shows the next three slots where clocks change, and none of what is off', () => {
  const text = 'run: noop\nwhen: { schedule: "30 2 * * *" }\nmissed: { policy: all, max: 3, within: 2d }\n';
  expect(explain(text).next).toEqual([
    '2026-03-28T01:30:00.000Z',
    '2026-03-29T01:00:00.000Z',
    '2026-03-30T00:30:00.000Z',
  ]);
  expect(wordsOf(text, 'missed')).toBe(
    'the newest 3 slots that passed while the machine was off run, not older than 2 d',
  );
  const off = explain(`${text}enabled: false\n`);
  expect(off).toMatchObject({ inForce: false, next: [] });
  expect(off.says.at(-1)).toEqual({ topic: 'now', words: 'switched off: it does not fire' });
  expect(explain(`${text}until: 2026-01-01T00:00:00Z\n`).says.at(-1)?.words).toBe('past its end: it fires no more');
});

test('explainTrigger() tells neither path nor query nor headers of an address', () => {
  const explained = explain(
    'run: noop\nwhen: { http: { url: "https://u:pw@x.example/tok1?key=tok2", headers: { authorization: tok3 } } }\n',
  );
  expect(JSON.stringify(explained)).toContain('x.example');
  expect(JSON.stringify(explained)).not.toMatch(/tok\d|pw/);
});

test('explainTrigger() notes a field that no such event has', () => {
  const text =
    'run: noop\nwhen: { mail: {} }\nmap: { s: event.subjct, t: \'event["text"]\' }\ncondition: event.body.x == 1\n';
  expect(explain(text).notes).toEqual([
    expect.stringMatching(/^condition asks for event.body, which no event of kind mail has; it has kind, inboxId,/),
    expect.stringMatching(/^map.s asks for event.subjct, .* has, did you mean subject; it has/),
    expect.stringMatching(/^map.t asks for event.text,/),
  ]);
});
