import type { CheckResult } from '../../store/health/record-checks.ts';
import type { MachineFigures } from '../read-machine.ts';

/** A machine with this much waiting for each core answers late. */
const loadLimit = 8;

/** Judges the figures against the limits of `steward.yaml`. Pure. */
export function checkMachine(
  figures: MachineFigures,
  limits: { readonly diskFreePercent: number; readonly memoryFreePercent: number },
): CheckResult[] {
  const percent = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} %`;
  return [
    {
      check: 'machine.disk',
      healthy: figures.diskFreePercent >= limits.diskFreePercent,
      detail: `${percent(figures.diskFreePercent)} of the disk is free, at least ${limits.diskFreePercent} % wanted`,
    },
    {
      check: 'machine.memory',
      healthy: figures.memoryFreePercent >= limits.memoryFreePercent,
      detail: `${percent(figures.memoryFreePercent)} of memory is free, at least ${limits.memoryFreePercent} % wanted`,
    },
    {
      check: 'machine.load',
      healthy: figures.loadPerCore <= loadLimit,
      detail: `load is ${figures.loadPerCore.toFixed(1)} a core over 5 minutes, at most ${loadLimit} wanted`,
    },
  ];
}
