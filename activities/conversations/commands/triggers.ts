import { z } from 'zod';
import { saying } from '../../../schemas/chat-document.ts';
import { newestFires } from '../../../store/fires/newest-fires.ts';
import { readSteering } from '../../../store/triggers/steer-state.ts';
import { showTimes } from '../../show-time.ts';
import { type ChatCommand, toolOf } from '../chat-command.ts';

export const triggersCommand: ChatCommand = {
  name: 'triggers',
  usage: '',
  does: 'Lists the triggers, with when they fire next and how they ended last.',
  tool: toolOf({ args: z.strictObject({}), words: () => [], effect: false, outside: false }),
  run: async ({ store, files, whenOf, zone }) => {
    const { triggers } = files.current();
    if (triggers.size === 0) return [saying('There are no triggers yet.')];
    const newest = await newestFires(store, [...triggers.keys()]);
    const steering = await readSteering(store);
    const times = showTimes(zone());
    const rows = [...triggers.values()].map((trigger) => {
      const { when, next } = whenOf(trigger);
      const state = !trigger.enabled ? 'off' : steering.get(trigger.name)?.paused === undefined ? 'on' : 'paused';
      const due = next === undefined ? '' : times.short(new Date(next));
      return [trigger.name, when, state, due, newest.get(trigger.name)?.state ?? ''];
    });
    return [{ kind: 'table', head: ['trigger', 'when', 'state', 'next', 'last'], rows }];
  },
};
