import { saying } from '../../../schemas/chat-document.ts';
import type { ChatCommand } from '../chat-command.ts';
import { findTrigger } from './run.ts';

export const pauseCommand: ChatCommand = {
  name: 'pause',
  usage: 'TRIGGER',
  does: 'Lets a trigger rest until it is resumed.',
  run: async (deps, _turn, [name]) => {
    const trigger = findTrigger(deps, name).name;
    await deps.dispatch.pause({ trigger, by: 'owner' });
    return [saying({ strong: trigger }, ' rests. ', { code: `/resume ${trigger}` }, ' wakes it.')];
  },
};

export const resumeCommand: ChatCommand = {
  name: 'resume',
  usage: 'TRIGGER',
  does: 'Wakes a trigger that was paused.',
  run: async (deps, _turn, [name]) => {
    const trigger = findTrigger(deps, name).name;
    await deps.dispatch.resume({ trigger, by: 'owner' });
    return [saying({ strong: trigger }, ' is awake.')];
  },
};
