import type { FireKind } from '../schemas/fire-kinds.ts';
import { type FireCount, latenessBoundsS } from '../store/fires/count-fires.ts';

const name = 'steward_trigger_lateness_seconds';
/** A person chooses when these are due, or nothing ran: how late they are says nothing of Steward. */
const leftOutKinds: readonly FireKind[] = ['backfill', 'manual'];
const leftOutEndings: readonly FireCount['ending'][] = ['skipped', 'missed'];

/** How late fires that had a run were accepted, as a histogram for Prometheus; up to 60 s counts as on time, as 0. Pure. */
export function latenessLines(ended: readonly FireCount[]): string {
  const counted = ended.filter(({ kind, ending }) => !leftOutKinds.includes(kind) && !leftOutEndings.includes(ending));
  const upTo = (bucket: number) =>
    counted.filter((one) => one.bucket <= bucket).reduce((sum, one) => sum + one.count, 0);
  const all = upTo(latenessBoundsS.length);
  const lateMs = counted.reduce((sum, one) => sum + one.lateMs, 0);
  return [
    `# HELP ${name} Time between due and accepted of fires that had a run; less than a minute counts as 0`,
    `# TYPE ${name} histogram`,
    ...latenessBoundsS.map((bound, at) => `${name}_bucket{le="${bound}"} ${upTo(at)}`),
    `${name}_bucket{le="+Inf"} ${all}`,
    `${name}_sum ${lateMs / 1_000}`,
    `${name}_count ${all}`,
    '',
  ].join('\n');
}
