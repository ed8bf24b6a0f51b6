/**
 * - What a trigger's file says of debounce, retry, onFailure and priority holds for real runs of the owner's flows.
 * - A message is handed in by the API; a run that fails before its last attempt has no ending yet.
 */
import { expect, test } from 'vitest';
import { fires } from '../../schemas/db/fires.ts';
import { argsOf } from '../../store/fires/open-fire.ts';
import { eventually, startWorld, type World, withBox } from '../support/world.ts';

const flaky = `import { ApplicationFailure, type FireInput, workflowInfo } from 'steward/flow';
export async function flaky(fire: FireInput) {
  const { attempt } = workflowInfo();
  if (attempt < Number(fire.args.until)) throw ApplicationFailure.create({ type: 'shopClosed', message: 'closed' });
  return { outcome: 'open', facts: { attempt } };
}
`;
const echo = `import { type FireInput } from 'steward/flow';
export async function echo(fire: FireInput) {
  return { outcome: String((fire.args.message as { text: string } | undefined)?.text ?? 'nothing') };
}
`;
const onMessage = (run: string, word: string, more = '') =>
  `run: ${run}\nwhen: { message: { pattern: "^${word}" } }\n${more}`;

async function endedOf(world: World, trigger: string, count: number) {
  return await eventually(async () => {
    const rows = await world.steward().store.db.select().from(fires);
    const mine = rows.filter((fire) => fire.trigger === trigger);
    return mine.length >= count && mine.every((fire) => fire.state !== 'open') ? mine : undefined;
  }, 60_000);
}

test.each([20, 0])(
  'debounce, retry, onFailure and priority hold for real runs, with %d runs cached',
  async (cachedWorkflows) => {
    await using world = await startWorld({
      cachedWorkflows,
      files: {
        'workflows/flaky.ts': flaky,
        'workflows/echo.ts': echo,
        'triggers/third.yaml': onMessage('flaky', 'third', 'with: { until: 3 }\nretry: { attempts: 3, wait: 50ms }\n'),
        'triggers/never.yaml': onMessage(
          'flaky',
          'never',
          'with: { until: 9 }\nretry: { attempts: 2, wait: 50ms }\nonFailure: { run: echo, notify: true }\n',
        ),
        'triggers/burst.yaml': onMessage('echo', 'burst', 'debounce: 1s\npriority: low\n'),
      },
    });
    await withBox(world);
    const say = async (id: string, text: string) => {
      const answer = await world.ask('/api/v1/messages', { method: 'POST', body: { id, text } });
      expect(answer.status).toBe(202);
      return (await answer.json()) as { fires: { fireId: string; workflowId: string; accepted: boolean }[] };
    };
    await say('1', 'third time lucky');
    await say('2', 'never again');
    const burst = [await say('3', 'burst one'), await say('4', 'burst two'), await say('5', 'burst three')];
    expect((await say('5', 'burst three')).fires[0]?.accepted).toBe(false);
    expect(new Set(burst.map(({ fires: [one] }) => one!.fireId)).size).toBe(1);

    const [third] = await endedOf(world, 'third', 1);
    expect(third).toMatchObject({ state: 'ran', outcome: { outcome: 'open', facts: { attempt: 3 } } });
    const never = await endedOf(world, 'never', 3);
    expect(never.find((fire) => fire.kind === 'message')).toMatchObject({ state: 'failed', reason: 'shopClosed' });
    const told = never.find((fire) => fire.flow === 'failureNotice');
    expect(told).toMatchObject({ state: 'ran', outcome: { outcome: 'told' } });
    expect(world.maildir('Mail').filter((raw) => raw.includes('Subject: never failed'))).toHaveLength(1);
    const after = never.find((fire) => fire.flow === 'echo');
    expect(argsOf(world.steward().store, after!)).toMatchObject({ failed: { trigger: 'never', reason: 'shopClosed' } });

    const [collected, ...more] = await endedOf(world, 'burst', 1);
    expect(more).toEqual([]);
    expect(collected).toMatchObject({ state: 'ran', outcome: { outcome: 'burst three' } });
    const { client } = world.steward();
    expect((await client.workflow.getHandle(collected!.workflowId).describe()).taskQueue).toBe('steward-batch');
    expect((await client.workflow.getHandle(third!.workflowId).describe()).taskQueue).toBe('steward');
  },
  180_000,
);
