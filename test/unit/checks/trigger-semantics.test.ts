// - Each row of the tables in docs/triggers.md is what really becomes of such a trigger: real ledger, real Temporal.
// - The page is printed from these rows, and each of its examples loads.
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fillTriggers } from '../../../checks/fill-triggers.ts';
import { clockSemantics, type Semantics, type Step, triggerSemantics } from '../../../checks/trigger-semantics.ts';
import { deliveries } from '../../../schemas/db/fires.ts';
import { StewardError } from '../../../schemas/errors.ts';
import { firableFlows } from '../../../schemas/flows.ts';
import { kindOf, triggerKinds } from '../../../schemas/trigger-kinds.ts';
import { loadFilesOnce } from '../../../store/files/load-files.ts';
import { argsOf, type FireRow } from '../../../store/fires/open-fire.ts';
import { spanOf } from '../../../triggers/describe-fire.ts';
import { nextSlots } from '../../../triggers/slots.ts';
import { type DispatchWorld, dispatchWorld } from '../../support/dispatch-world.ts';
import { ownNamespace } from '../../support/own-namespace.ts';
import { type TestTemporal, temporal } from '../../support/temporal.ts';

let server: TestTemporal;
let own: Awaited<ReturnType<typeof ownNamespace>>;
let world: DispatchWorld;
beforeAll(async () => {
  server = await temporal();
  own = await ownNamespace(server);
  world = await dispatchWorld(own.client, '2026-03-01T00:00:00Z');
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const whens = {
  hourly: { schedule: '0 * * * *', timezone: 'UTC' },
  event: { message: { channel: 'api' } },
};
const titleOf = ({ key, file, steps }: Semantics) =>
  `${key}, ${file || 'as it is'}, ${steps.map((step) => `${step.do} ${step.at}`).join(', ') || 'read'}`;

test.each(triggerSemantics.map((row) => [titleOf(row), row] as const))(
  'triggerSemantics is what becomes of it: %s',
  async (_title, row) => {
    expect(row.steps.length === 0 ? readFile(row) : await play(row)).toEqual(row.becomes);
  },
);

/** What is said of a file when it is read. */
function readFile({ file, on }: Semantics): string[] {
  const home = mkdtempSync(join(tmpdir(), 'semantics-'));
  mkdirSync(join(home, 'triggers'));
  writeFileSync(join(home, 'triggers/a.yaml'), `run: noop\nwhen: ${JSON.stringify(whens[on])}\n${file}\n`);
  const { faults } = loadFilesOnce(home, {}, () => new Set(['noop']));
  rmSync(home, { recursive: true });
  return faults.length === 0 ? ['in force'] : faults.map(({ message }) => message);
}

async function play(row: Semantics): Promise<string[]> {
  const name = `t${randomUUID().slice(0, 8)}`;
  world.use({ [name]: { run: 'endless', when: whens[row.on], ...(parse(row.file) as object | null) } });
  const refused: string[] = [];
  for (const [at, step] of row.steps.entries()) {
    world.clock.set(timeOf(step));
    try {
      await act(name, step, at);
    } catch (error) {
      if (!(error instanceof StewardError) || error.code !== 'notFound') throw error;
      refused.push('no fire: it is not in force');
    }
  }
  const fires = await world.firesOf(name);
  return [...(await Promise.all(fires.map((fire) => tell(row, fire)))), ...refused];
}

const timeOf = ({ at }: Step) => `2026-03-01T${at.length === 5 ? `${at}:00` : at}Z`;

async function act(name: string, step: Step, number: number): Promise<void> {
  const { dispatch } = world;
  if (step.do === 'event' || step.do === 'sameEvent') {
    const slotKey = `message-${step.do === 'event' ? number : 0}`;
    await dispatch.fireEvent({ trigger: name, kind: 'message', slotKey, source: 'test', event: step.event ?? {} });
  } else if (step.do === 'ask') await dispatch.fireNow({ trigger: name, requestId: `${number}` });
  else if (step.do === 'ends' || step.do === 'fails') {
    const open = (await world.firesOf(name)).find((fire) => fire.state === 'open');
    await dispatch.endFire({ fireId: open!.id, ending: step.do === 'ends' ? 'ran' : 'failed' });
  } else await dispatch.accountSlots(name);
}

async function tell(row: Semantics, fire: FireRow): Promise<string> {
  const reason = fire.reason === null ? '' : `: ${fire.reason.replace(/fir_\w+/, 'the run before')}`;
  const due = clockOf(fire.dueAt);
  if (fire.state !== 'open') return `${due} ${fire.state}${reason}`;
  if (fire.waits === 'queue') return `${due} waits its turn`;
  if (fire.waits === 'debounce') return `${due} collects until ${clockOf(fire.notBefore!)}`;
  const late = fire.lateMs === null ? '' : `, ${spanOf(fire.lateMs)} late`;
  const history = await own.client.workflow.getHandle(fire.workflowId).fetchHistory();
  if (history.events!.some((event) => event.workflowExecutionCancelRequestedEventAttributes != null)) {
    return `${due} is asked to stop`;
  }
  return `${due} runs${late}${await detailOf(row, fire)}`;
}

async function detailOf({ key }: Semantics, fire: FireRow): Promise<string> {
  const history = await own.client.workflow.getHandle(fire.workflowId).fetchHistory();
  const started = history.events![0]!.workflowExecutionStartedEventAttributes!;
  if (key === 'priority') {
    return ` as priority ${started.priority!.priorityKey} of 5 on queue ${started.taskQueue!.name}`;
  }
  if (key === 'retry') {
    const { maximumAttempts, initialInterval, backoffCoefficient } = started.retryPolicy!;
    const wait = `${initialInterval!.seconds} s apart at first, each wait ${backoffCoefficient} times the one before`;
    return ` up to ${maximumAttempts} times, ${wait}`;
  }
  if (key === 'map') {
    const args = Object.entries(argsOf(world.store, fire)).map(([name, value]) => `${name}: ${value}`);
    return ` with ${args.join(', ')}`;
  }
  if (fire.kind === 'failure') return ` ${fire.flow}, told what failed`;
  const again = await world.store.db.select().from(deliveries);
  const times = again.filter((one) => one.fireId === fire.id).length;
  return times === 0 ? '' : `, told of it ${times + 1} times`;
}

function clockOf(at: Date): string {
  return at.toISOString().slice(11, 19).replace(/:00$/, '');
}

test.each(clockSemantics)('clockSemantics is when $schedule in $zone happens after $after', (row) => {
  const slots = nextSlots(
    { form: 'cron', schedule: row.schedule, timezone: row.zone },
    new Date(row.after),
    row.slots.length,
  );
  expect(slots.map((slot) => slot.toISOString().replace('.000Z', 'Z'))).toEqual(row.slots);
});

test('docs/examples/triggers has one file of each kind, and all load', () => {
  const home = mkdtempSync(join(tmpdir(), 'examples-'));
  const from = join(import.meta.dirname, '../../../docs/examples/triggers');
  mkdirSync(join(home, 'triggers'));
  for (const file of readdirSync(from)) writeFileSync(join(home, 'triggers', file), readFileSync(join(from, file)));
  const { triggers, faults } = loadFilesOnce(home, {}, () => new Set(firableFlows));
  rmSync(home, { recursive: true });
  expect(faults).toEqual([]);
  expect([...new Set([...triggers.values()].map(kindOf))].sort()).toEqual([...triggerKinds].sort());
  for (const kind of triggerKinds) expect(kindOf(triggers.get(kind)!)).toBe(kind);
});

test('docs/triggers.md is printed from the schema, the examples and these rows', () => {
  const root = join(import.meta.dirname, '../../..');
  const page = readFileSync(join(root, 'docs/triggers.md'), 'utf8');
  expect(fillTriggers(root, page)).toBe(page);
  for (const kind of triggerKinds) expect(page).toContain(`\n### ${kind}\n`);
  expect(() => fillTriggers(root, '<!-- nothing -->\n<!-- end -->')).toThrow(RangeError);
});
