import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { StewardError } from '../schemas/errors.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import { storedSecret } from '../store/files/load-files.ts';
import { ownerZone } from '../triggers/owner-zone.ts';
import { type Rehearsed, rehearseTrigger } from '../triggers/rehearse-trigger.ts';
import { sampleEvent } from '../triggers/sample-event.ts';
import { atInstant } from '../triggers/slots.ts';
import { readBody } from '../triggers/webhooks/read-body.ts';
import { verifyWebhook } from '../triggers/webhooks/verify-webhook.ts';
import { findTrigger } from './find-trigger.ts';
import { paint, printResult } from './print.ts';

type Json = Readonly<Record<string, unknown>>;

interface Asked {
  readonly event?: string;
  readonly header: Readonly<Record<string, string>>;
  readonly at?: string;
  readonly state?: string;
}
/** An event to go through, and what is to be said of where it came from. */
interface Given {
  readonly event: Json;
  readonly source: string;
  /** Why such a request would be turned away. */
  readonly refused?: string;
}

/** `steward trigger test`. */
export function addTest(trigger: Command): void {
  trigger
    .command('test')
    .description('go through all steps with a sample event; starts nothing, keeps nothing, needs no running Steward')
    .argument('<trigger>', 'a name, or the path of a trigger file')
    .option('--event <file>', 'the event as JSON, or the raw body of a request to a webhook; - is stdin')
    .option('--header <key=value>', 'a header of that request; may stand several times', collectHeader, {})
    .option('--at <instant>', 'when it happens; now when left out')
    .option('--state <json>', 'what `state` holds before')
    .action((what: string, asked: Asked) => {
      const { trigger: found, files } = findTrigger(what);
      const zone = ownerZone(files);
      const now = readInstant(asked.at, zone);
      const state = asked.state === undefined ? {} : readObject('--state', asked.state);
      const { event, source, refused } = readEvent(found, asked, { zone, now });
      const rehearsed = rehearseTrigger(found, event, { state, zone, now });
      const told: Rehearsed & { source: string } = {
        ...rehearsed,
        ...(refused === undefined ? {} : { verdict: 'ignored', why: refused }),
        source,
      };
      printResult(told, () => describe(told));
    });
}

function readEvent(trigger: Trigger, asked: Asked, about: { zone: string; now: Date }): Given {
  const headers = Object.keys(asked.header).length > 0;
  if (headers && !('webhook' in trigger.when)) {
    throw new StewardError('badInput', `${trigger.name} is no webhook, so --header has no meaning`);
  }
  if (asked.event === undefined) return { event: sampleEvent(trigger, about), source: 'made up; give one by --event' };
  const raw = readRaw(asked.event);
  if ('webhook' in trigger.when) return readRequest(trigger, raw, asked.header, about);
  return { event: readObject('--event', raw.toString('utf8')), source: 'as given' };
}

/** A request to a webhook: proven where headers come along, and else taken as if it were. */
function readRequest(
  trigger: Trigger,
  rawBody: Buffer,
  headers: Readonly<Record<string, string>>,
  { zone, now }: { zone: string; now: Date },
): Given {
  if (!('webhook' in trigger.when)) throw new TypeError('readRequest() takes a webhook');
  const settings = trigger.when.webhook;
  const request = { headers, rawBody, now };
  const bare = { ...sampleEvent(trigger, { zone, now }), headers, body: readBody(request) ?? null };
  if (Object.keys(headers).length === 0) {
    const given = bare.body as Json | null;
    const whole = given !== null && typeof given === 'object' && 'body' in given && 'type' in given;
    return { event: whole ? given : bare, source: 'as given; taken as proven, since no --header came with it' };
  }
  if ([settings.secret].flat().includes(storedSecret)) {
    return { event: bare, source: 'as given; taken as proven, since only a running Steward can open its secret' };
  }
  const verdict = verifyWebhook(request, settings);
  if (!verdict.ok) {
    return { event: bare, source: 'as given', refused: `the sender does not prove itself: ${verdict.refused}` };
  }
  const { deliveryId = '', eventType = '', aliases = [], body = null } = verdict;
  return {
    event: { provider: settings.provider, type: eventType, aliases, deliveryId, headers, body },
    source: 'as given; its sender proves itself',
    ...(verdict.challenge === undefined
      ? {}
      : { refused: 'it asks about the address itself, and is answered at once' }),
  };
}

function readRaw(path: string): Buffer {
  try {
    return readFileSync(path === '-' ? 0 : path);
  } catch {
    throw new StewardError('badInput', `--event is "${path}", expected a file that can be read`);
  }
}

function readObject(option: string, text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new StewardError('badInput', `${option} is no JSON, expected an object such as {"a": 1}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new StewardError('badInput', `${option} is no object, expected one such as {"a": 1}`);
}

function readInstant(text: string | undefined, zone: string): Date {
  if (text === undefined) return new Date();
  try {
    return new Date(atInstant({ at: text, timezone: zone }));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new StewardError('badInput', `--at: ${error.message}`);
  }
}

function collectHeader(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+)[=:]\s*(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new StewardError('badInput', `--header is "${text}", expected key=value`);
  return { ...before, [name.toLowerCase()]: value ?? '' };
}

const verdicts: Readonly<Record<Rehearsed['verdict'], (told: Rehearsed) => string>> = {
  run: ({ flow }) => paint('green', `would run ${flow}`),
  skipped: ({ why }) => `${paint('yellow', 'would be recorded as skipped')}: ${why}`,
  failed: ({ why }) => `${paint('red', 'would be recorded as failed')}: ${why}`,
  ignored: ({ why }) => `${paint('yellow', 'would be no fire')}: ${why}`,
};

function describe(told: Rehearsed & { source: string }): string {
  const { kind, event, source, match, condition, state, args, slotKey, priority, deliver, notLookedAt, notes } = told;
  const mark = (holds: boolean) => (holds ? 'holds' : 'does not hold');
  return [
    verdicts[told.verdict](told),
    `  event      ${kind}, ${source}`,
    `             ${JSON.stringify(event)}`,
    `  when       ${mark(match.holds)}: ${match.why}`,
    `  condition  ${mark(condition.holds)}: ${condition.why}`,
    `  state      ${JSON.stringify(state)}`,
    `  arguments  ${JSON.stringify(args)}`,
    `  fire       ${slotKey}, priority ${priority}, ${deliver.length === 0 ? 'tells nobody by name' : `tells ${deliver.join(', ')}`}`,
    `  not looked at: ${notLookedAt.join('; ')}`,
    ...notes.map((note) => `${paint('yellow', 'note:')} ${note}`),
  ].join('\n');
}
