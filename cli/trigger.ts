import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { StewardError } from '../schemas/errors.ts';
import type { FileFault, FileSet } from '../schemas/file-set.ts';
import { type SlotRule, slotRuleOf } from '../schemas/slot-rule.ts';
import type { TriggerFile } from '../schemas/trigger-file.ts';
import { kindOf, type TriggerKind } from '../schemas/trigger-kinds.ts';
import { ownerZone } from '../triggers/owner-zone.ts';
import { ruleWords } from '../triggers/rule-words.ts';
import { atInstant, nextSlots } from '../triggers/slots.ts';
import { whenOf } from '../triggers/when-of.ts';
import { type ApiClient, apiClient } from './api-client.ts';
import { addEditing } from './edit-trigger.ts';
import { addExplain } from './explain-trigger.ts';
import { findTrigger, readFiles } from './find-trigger.ts';
import { inZones, local } from './local-time.ts';
import { exitCodes, paint, printResult, table } from './print.ts';
import { addSteering, type SteeredInList, steeredCell, steeredLines } from './steer-trigger.ts';
import { addTest } from './test-trigger.ts';

interface ListedTrigger extends SteeredInList {
  readonly name: string;
  readonly run: string;
  readonly enabled: boolean;
  readonly when: string;
  readonly timezone?: string;
  readonly next?: string;
  readonly last?: { readonly fireId: string; readonly state: string; readonly dueAt: string };
  readonly watch?: {
    readonly state: string;
    readonly since: string;
    readonly lookedAt: string;
    readonly detail: string;
  };
}
interface Listing {
  readonly triggers: readonly ListedTrigger[];
  readonly faults: readonly FileFault[];
}

/** `steward trigger`: what starts flows, when it does so next, and a way to start one now. */
export function register(program: Command): void {
  const trigger = program.command('trigger').description('list triggers, run one now, or see its next slots');
  trigger
    .command('list')
    .description('the triggers in force, their next slot and how they last ended; works without a running Steward too')
    .action(async () => {
      const listing = await listTriggers();
      printResult(listing, () => describeListing(listing, ownerZone(readFiles())));
      if (listing.faults.length > 0) process.exitCode = exitCodes.unhealthy;
    });
  trigger
    .command('run')
    .description('fire a trigger now')
    .argument('<name>', 'the file’s name without its ending')
    .option('--arg <key=value>', 'an argument for the flow; may stand several times', collectArg, {})
    .option('--request-id <id>', 'the same id is the same fire, however often it is sent')
    .option('--wait', 'wait for the ending')
    .action(runTrigger);
  addSteering(trigger);
  addExplain(trigger);
  addTest(trigger);
  addEditing(trigger);
  trigger
    .command('next')
    .description('the next slots of a schedule; with a file, no home and no running Steward is needed')
    .argument('<trigger>', 'a name, or the path of a trigger file')
    .option('--from <instant>', 'after this instant, RFC 3339; now when left out')
    .option('--count <n>', 'how many, 1 to 10000', '5')
    .action((what: string, options: { from?: string; count: string }) => {
      const count = Number(options.count);
      if (!Number.isInteger(count) || count < 1 || count > 10_000) {
        throw new StewardError('badInput', `--count is "${options.count}", expected 1 to 10000`);
      }
      const rule = ruleOf(what);
      const owner = ownerZone(readFiles());
      const slots = nextSlots(rule, readFrom(options.from, rule.timezone), count);
      printResult(slots.map(rfc3339), () =>
        [
          ruleWords(rule),
          ...slots.map((slot) => `  ${inZones(slot, owner, rule.timezone)}`),
          ...(slots.length < count ? [slots.length === 0 ? '  none any more' : '  none after that'] : []),
        ].join('\n'),
      );
    });
}

/** An instant, or a local time in the schedule's zone. */
function readFrom(text: string | undefined, zone: string): Date {
  if (text === undefined) return new Date();
  const expected = 'expected an instant such as 2026-03-29T00:00:00Z';
  try {
    const at = new Date(atInstant({ at: text, timezone: zone }));
    if (at.getUTCFullYear() >= 1900 && at.getUTCFullYear() <= 9999) return at;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new StewardError('badInput', `--from: ${error.message}, ${expected}`);
  }
  throw new StewardError('badInput', `--from is "${text}", ${expected} from 1900 to 9999`);
}

async function runTrigger(
  name: string,
  options: { arg: Record<string, string>; requestId?: string; wait?: true },
): Promise<void> {
  const api = apiClient();
  const requestId = options.requestId ?? randomUUID();
  const receipt = await api.post<{ fireId: string; workflowId: string; accepted: boolean }>(
    `/api/v1/triggers/${encodeURIComponent(name)}/fire`,
    { requestId, ...(Object.keys(options.arg).length === 0 ? {} : { args: options.arg }) },
  );
  if (!options.wait) {
    const words = receipt.accepted ? 'accepted' : 'already known';
    return printResult(receipt, `${words}: ${receipt.fireId}\nrun: ${receipt.workflowId}`);
  }
  const fire = await endingOf(api, receipt.fireId);
  printResult(fire, () => `${fire.state}${fire.reason === undefined ? '' : `: ${fire.reason}`}\nfire: ${fire.id}`);
  if (fire.state === 'failed') process.exitCode = exitCodes.failed;
}

interface EndedFire {
  readonly id: string;
  readonly state: string;
  readonly reason?: string;
}

/** Asks until the fire has its ending: more slowly the longer it takes, at most every two seconds. */
async function endingOf(api: ApiClient, fireId: string): Promise<EndedFire> {
  for (let waitMs = 50; ; waitMs = Math.min(waitMs * 1.5, 2_000)) {
    const fire = await api.get<EndedFire>(`/api/v1/fires/${fireId}`);
    if (fire.state !== 'open') return fire;
    await sleep(waitMs);
  }
}

function collectArg(text: string, before: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new StewardError('badInput', `--arg is "${text}", expected key=value`);
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

async function listTriggers(): Promise<Listing> {
  try {
    return await apiClient().get<Listing>('/api/v1/triggers');
  } catch (error) {
    if (!(error instanceof StewardError) || error.code !== 'notRunning') throw error;
  }
  const files = readFiles();
  const triggers = [...files.triggers.values()].map((trigger): ListedTrigger => {
    const { name, run, enabled } = trigger;
    return { name, run, enabled, ...whenOf(trigger, ownerZone(files), new Date()) };
  });
  return { triggers, faults: files.faults };
}

/** The rule of a trigger by name, or of a trigger file anywhere. */
function ruleOf(what: string): SlotRule {
  const { trigger, files } = findTrigger(what);
  return ruleIn(trigger, what, files);
}

function ruleIn(trigger: TriggerFile, name: string, files: FileSet): SlotRule {
  const rule = slotRuleOf(trigger, ownerZone(files));
  if (rule === undefined) {
    throw new StewardError('badInput', `${name} has no slots: it fires ${firesOn[kindOf(trigger)]}`);
  }
  return rule;
}

const firesOn: Readonly<Record<TriggerKind, string>> = {
  schedule: 'at its slots',
  mail: 'when mail arrives',
  message: 'when a message arrives',
  http: 'when the web service that it watches changes',
  webhook: 'when a request to its webhook arrives',
  metric: 'when the figure that it watches crosses its line',
  file: 'when the path that it watches changes',
  flow: 'when another flow ends',
};

function describeListing({ triggers, faults }: Listing, zone: string): string {
  const rows = triggers.map(({ name, run, enabled, when, next, last, timezone, watch, ...steered }) => [
    name,
    run,
    watch === undefined ? when : `${when}: ${watch.state} since ${local(new Date(watch.since), zone)}, ${watch.detail}`,
    enabled ? steeredCell(steered, next === undefined ? '' : local(new Date(next), timezone ?? zone)) : 'off',
    last === undefined ? '' : `${last.state}, due ${local(new Date(last.dueAt), zone)}`,
  ]);
  return [
    rows.length === 0 ? 'no triggers' : table(['TRIGGER', 'RUNS', 'WHEN', 'NEXT', 'LAST'], rows),
    ...steeredLines(triggers, (at) => local(at, zone)),
    ...faults.map(
      ({ path, line, column, message, lastGoodInForce }) =>
        `${paint('red', `${path}:${line}:${column}`)} ${message}${lastGoodInForce ? ' (the last good version is in force)' : ''}`,
    ),
  ].join('\n');
}

const rfc3339 = (at: Date) => at.toISOString().replace('.000Z', 'Z');
