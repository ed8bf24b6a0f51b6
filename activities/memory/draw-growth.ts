import type { FactVersion } from '../../schemas/memory.ts';
import { escapeXml, svgPage } from './svg-page.ts';

const frame = { left: 56, top: 56, width: 620, height: 220 };
const dayMs = 86_400_000;

/** Draws how many facts were believed at the end of each day, and how many versions there were in all. Pure. */
export function drawGrowth(versions: readonly FactVersion[], now: Date): string {
  const sorted = versions.toSorted((a, b) => a.recordedAt.getTime() - b.recordedAt.getTime());
  const text = (x: number, y: number, words: string, kind: string) =>
    `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" class="${kind}">${escapeXml(words)}</text>`;
  const page = { width: frame.left + frame.width + 24, height: frame.top + frame.height + 48, title: 'Memory' };
  const [first] = sorted;
  if (first === undefined) return svgPage(page, [text(16, 28, 'Nothing was told yet', 'head')]);
  const from = Math.floor(first.recordedAt.getTime() / dayMs);
  const days = Math.max(1, Math.floor(now.getTime() / dayMs) - from);
  let [at, believed] = [0, 0];
  const points = Array.from({ length: days + 1 }, (_, day) => {
    for (; at < sorted.length && Math.floor(sorted[at]!.recordedAt.getTime() / dayMs) <= from + day; at += 1) {
      const { change } = sorted[at]!;
      believed += change === 'stated' ? 1 : change === 'forgotten' ? -1 : 0;
    }
    return { day, believed, versions: at };
  });
  const most = Math.max(1, ...points.map((point) => point.versions));
  const x = (day: number) => frame.left + (day / days) * frame.width;
  const y = (count: number) => frame.top + frame.height - (count / most) * frame.height;
  const line = (of: 'believed' | 'versions') =>
    points.map((point) => `${x(point.day).toFixed(1)},${y(point[of]).toFixed(1)}`).join(' ');
  const dateOf = (day: number) => new Date((from + day) * dayMs).toISOString().slice(0, 10);
  return svgPage(page, [
    text(16, 28, `${believed} facts are believed, of ${sorted.length} versions that were ever told`, 'head'),
    ...[0, most / 2, most]
      .map((count) => Math.round(count))
      .flatMap((count) => [
        `<line x1="${frame.left}" x2="${frame.left + frame.width}" y1="${y(count).toFixed(1)}" y2="${y(count).toFixed(1)}" class="axis"/>`,
        text(16, y(count) + 4, `${count}`, 'small'),
      ]),
    `<polyline points="${line('versions')}" class="faint"><title>versions</title></polyline>`,
    `<polyline points="${line('believed')}" class="line"><title>facts that are believed</title></polyline>`,
    text(frame.left, frame.top + frame.height + 24, dateOf(0), 'small'),
    text(frame.left + frame.width - 60, frame.top + frame.height + 24, dateOf(days), 'small'),
  ]);
}
