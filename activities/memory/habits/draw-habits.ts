import { habitWords } from '../../../schemas/habit-words.ts';
import type { HabitsView } from '../../../schemas/habits.ts';
import { escapeXml, svgPage } from '../svg-page.ts';

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const cell = { width: 26, height: 20 };
const left = 120;
const mostRows = 12;

/**
 * Draws what a person does: how busy each hour of the week is, when on the clock each habit comes, and what goes after
 * what. One SVG that needs nothing beside it. Pure.
 */
export function drawHabits({ hours, habits, graph, zone, happenings }: HabitsView): string {
  const parts: string[] = [];
  const most = Math.max(1, ...hours.byHour.flat());
  parts.push(text(16, 28, `What was done when, of ${happenings}, by the clock of ${zone}`, 'head'));
  for (let hour = 0; hour < 24; hour += 3) parts.push(text(left + hour * cell.width, 50, `${hour}:00`, 'small'));
  for (const [day, counts] of hours.byHour.entries()) {
    const y = 58 + day * cell.height;
    parts.push(text(16, y + 14, weekdays[day]!, 'label'));
    for (const [hour, count] of counts.entries()) {
      const size = `x="${left + hour * cell.width}" y="${y}" width="${cell.width - 2}" height="${cell.height - 2}" rx="3"`;
      const title = `${weekdays[day]} ${hour}:00: ${count}`;
      // A root, since a few busy hours would leave all others blank.
      const fill = count === 0 ? 'class="none"' : `class="busy" fill-opacity="${Math.sqrt(count / most).toFixed(2)}"`;
      parts.push(`<rect ${size} ${fill}><title>${title}</title></rect>`);
    }
  }
  let y = 58 + 7 * cell.height + 34;
  parts.push(text(16, y, habits.length === 0 ? 'No habits were found yet' : 'Habits', 'head'));
  for (const habit of habits.slice(0, mostRows)) {
    y += 24;
    const around = habit.kind === 'hourly' ? undefined : left + (habit.minute / 60) * cell.width;
    parts.push(text(16, y, cut(habit.name, 15), 'label'));
    parts.push(`<line x1="${left}" x2="${left + 24 * cell.width}" y1="${y - 4}" y2="${y - 4}" class="axis"/>`);
    const spots =
      around === undefined
        ? Array.from({ length: 24 }, (_, hour) => left + (hour + habit.minute / 60) * cell.width)
        : [around];
    for (const x of spots)
      parts.push(`<circle cx="${x.toFixed(1)}" cy="${y - 4}" r="${around === undefined ? 3 : 6}" class="spot"/>`);
    const words = `${habitWords(habit)}, kept ${habit.kept} of ${habit.could}`;
    parts.push(text(left + 24 * cell.width + 12, y, words, 'small'));
  }
  const after = graph.edges.filter(({ kind }) => kind === 'then').slice(0, mostRows);
  y += 40;
  parts.push(text(16, y, after.length === 0 ? 'Nothing was done after anything yet' : 'What goes after what', 'head'));
  const heaviest = Math.max(1e-9, ...after.map(({ weight }) => weight));
  for (const { from, to, weight, count } of after) {
    y += 24;
    const width = Math.max(2, (weight / heaviest) * 200);
    parts.push(text(16, y, `${cut(nameOf(from), 22)} → ${cut(nameOf(to), 22)}`, 'label'));
    parts.push(`<rect x="${left + 260}" y="${y - 12}" width="${width.toFixed(1)}" height="12" rx="3" class="bar"/>`);
    parts.push(text(left + 268 + width, y, `${count}×`, 'small'));
  }
  return svgPage({ width: left + 24 * cell.width + 330, height: y + 24, title: 'Habits' }, parts);
}

const nameOf = (id: string): string => id.slice(id.indexOf(':') + 1);
const cut = (words: string, most: number): string => (words.length <= most ? words : `${words.slice(0, most - 1)}…`);
const text = (x: number, y: number, words: string, kind: string): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" class="${kind}">${escapeXml(words)}</text>`;
