import { type ChatDocument, saying } from '../../../schemas/chat-document.ts';
import { habitWords } from '../../../schemas/habit-words.ts';
import type { ChatCommand } from '../chat-command.ts';

const shown = 10;

export const habitsCommand: ChatCommand = {
  name: 'habits',
  usage: '',
  does: 'Shows what you do again and again, and what you are likely to do next.',
  run: async ({ memory }, { personId }): Promise<ChatDocument> => {
    const { habits, next, zone } = await memory.habits(personId);
    const rows = habits
      .slice(0, shown)
      .map((habit) => [habit.name, habitWords(habit), `${habit.kept} of ${habit.could}`]);
    const likely = next.filter(({ likely: part }) => part >= 0.1).slice(0, 3);
    return [
      ...(rows.length === 0
        ? [saying('I have seen no habit of yours yet: it takes some days or weeks of the same.')]
        : [
            saying(`What you do again and again, by the clock of ${zone}:`),
            { kind: 'table' as const, head: ['what', 'when', 'kept'], rows },
          ]),
      ...(likely.length === 0
        ? []
        : [
            saying(
              'What you may do next: ',
              ...likely.flatMap(({ name, likely: part }, at) => [
                ...(at === 0 ? [] : [', ']),
                { code: name },
                ` (${Math.round(part * 100)} %)`,
              ]),
            ),
          ]),
    ];
  },
};
