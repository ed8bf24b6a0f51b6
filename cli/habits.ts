import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { clockWords, habitWords } from '../schemas/habit-words.ts';
import type { ActiveHours, Guess, Habit } from '../schemas/habits.ts';
import { visibleLine } from '../schemas/visible-text.ts';
import { apiClient } from './api-client.ts';
import { printResult, table } from './print.ts';

interface View {
  readonly zone: string;
  readonly happenings: number;
  readonly habits: readonly Habit[];
  readonly hours: ActiveHours;
  readonly next: readonly Guess[];
  readonly graph: { readonly edges: readonly { from: string; to: string; kind: string; count: number }[] };
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const shades = [' ', '░', '▒', '▓', '█'];
const mostRows = 10;

/** `steward habits`: what you do again and again, when, and what comes next. */
export function register(program: Command): void {
  program
    .command('habits')
    .description('what you do again and again, when, and what may come next')
    .option('--svg <file>', 'draw it into a file')
    .action(async ({ svg }: { svg?: string }) => {
      if (svg !== undefined) {
        writeFileSync(svg, await apiClient().getText('/api/v1/habits/picture'));
        return printResult({ file: svg }, `Drawn into ${svg}`);
      }
      const view = await apiClient().get<View>('/api/v1/habits');
      printResult(view, () => describe(view));
    });
}

function describe({ zone, happenings, habits, hours, next, graph }: View): string {
  if (happenings === 0) return 'Nothing was done yet that habits could be seen in.';
  const after = graph.edges.filter(({ kind }) => kind === 'then').slice(0, mostRows);
  const name = (id: string) => visibleLine(id.slice(id.indexOf(':') + 1));
  return [
    habits.length === 0
      ? `No habits yet, in ${happenings} things by the clock of ${zone}.`
      : table(
          ['HABIT', 'WHEN', 'KEPT', 'WITHIN'],
          habits.map((habit) => [
            ...[visibleLine(habit.name), habitWords(habit), `${habit.kept} of ${habit.could}`],
            `${Math.round(habit.withinMinutes)} min`,
          ]),
        ),
    '',
    `      ${Array.from({ length: 8 }, (_, at) => String(at * 3).padEnd(6)).join('')}`,
    ...hours.byHour.map((counts, day) => `${weekdays[day]}   ${shade(counts, hours)}  ${about(hours, day)}`),
    ...(after.length === 0
      ? []
      : ['', ...after.map(({ from, to, count }) => `${name(from)} → ${name(to)}, ${count} times`)]),
    ...(next.length === 0
      ? []
      : [
          '',
          `Next: ${next.map((guess) => `${visibleLine(guess.name)} ${Math.round(guess.likely * 100)} %`).join(', ')}`,
        ]),
  ].join('\n');
}

const shade = (counts: readonly number[], { byHour }: ActiveHours): string => {
  const most = Math.max(1, ...byHour.flat());
  return counts
    .map((count) => shades[count === 0 ? 0 : Math.max(1, Math.round(Math.sqrt(count / most) * 4))]!.repeat(2))
    .join('');
};

const about = ({ byWeekday }: ActiveHours, day: number): string => {
  const { count, meanMinute, concentration } = byWeekday[day]!;
  return count < 5 || concentration < 0.5 ? '' : `about ${clockWords(meanMinute)}`;
};
