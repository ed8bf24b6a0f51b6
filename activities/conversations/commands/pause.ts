import { saying } from '../../../schemas/chat-document.ts';
import type { ChatCommand } from '../chat-command.ts';
import { findTrigger, triggerTool } from './run.ts';

export const pauseCommand: ChatCommand = {
  name: 'pause',
  usage: 'TRIGGER',
  does: 'Lets a trigger rest until it is resumed.',
  tool: triggerTool,
  run: async (deps, turn, [name]) => {
    const trigger = findTrigger(deps, name).name;
    await deps.dispatch.pause({ trigger, by: turn.by });
    return [saying({ strong: trigger }, ' rests. ', { code: `/resume ${trigger}` }, ' wakes it.')];
  },
};

export const resumeCommand: ChatCommand = {
  name: 'resume',
  usage: 'TRIGGER',
  does: 'Wakes a trigger that was paused.',
  tool: triggerTool,
  run: async (deps, turn, [name]) => {
    const trigger = findTrigger(deps, name).name;
    await deps.dispatch.resume({ trigger, by: turn.by });
    return [saying({ strong: trigger }, ' is awake.')];
  },
};
