import type { z } from 'zod';
import type { metricWhen } from '../../schemas/trigger-kinds/metric.ts';
import type { Finding } from '../judge-answer.ts';
import type { MachineFigures } from '../read-machine.ts';
import { type RequestDeps, safeRequest } from '../safe-request.ts';

export type MetricRule = z.infer<typeof metricWhen>['metric'];

/** A figure, or why there is none, in words of ours. */
export type Reading = { readonly value: number } | { readonly none: string };

const timeoutMs = 10_000;
/** An instant query that gives more than this is not about one value. */
const maxBytes = 1_048_576;

/** Reads the figure that a file names. What is no figure is a result. */
export async function readMetric(
  rule: MetricRule,
  deps: { readonly readFigures: () => Promise<MachineFigures>; readonly request?: RequestDeps },
): Promise<Reading> {
  if (rule.machine !== undefined) return { value: (await deps.readFigures())[rule.machine] };
  const { url, query, headers } = rule.prometheus!;
  const target = new URL(url);
  target.pathname = `${target.pathname.replace(/\/+$/, '')}/api/v1/query`;
  target.searchParams.set('query', query);
  const answer = await safeRequest({ url: target.href, method: 'GET', headers, timeoutMs, maxBytes }, deps.request);
  if (answer.kind !== 'answer') return { none: `Prometheus: ${answer.detail}` };
  if (answer.status !== 200) return { none: `Prometheus: status ${answer.status}` };
  if (answer.cut) return { none: 'Prometheus: an answer of more than 1 MiB' };
  return largestOf(answer.bodyText);
}

/**
 * The largest value of an instant query's answer. Nothing and NaN are no data. Pure.
 *
 * @source prometheus.io/docs/prometheus/latest/querying/api
 */
export function largestOf(text: string): Reading {
  const values = samplesIn(text);
  if (values === undefined) return { none: 'Prometheus: no answer to an instant query' };
  const numbers = values.filter((value) => !Number.isNaN(value));
  if (numbers.length === 0) return { none: values.length === 0 ? 'no data' : 'no data: the value is NaN' };
  return { value: numbers.reduce((most, value) => Math.max(most, value)) };
}

function samplesIn(text: string): number[] | undefined {
  try {
    const { status, data } = JSON.parse(text) as {
      status?: unknown;
      data?: { resultType?: unknown; result?: unknown };
    };
    if (status !== 'success' || data === undefined || !Array.isArray(data.result)) return undefined;
    const { resultType, result } = data as { resultType: unknown; result: unknown[] };
    if (resultType === 'scalar') return [numberOf(result)];
    return resultType === 'vector' ? result.map((one) => numberOf((one as { value?: unknown }).value)) : undefined;
  } catch {
    return undefined;
  }
}

/** `[instant, "figure"]`; figures are text, since JSON knows no infinity. */
function numberOf(sample: unknown): number {
  const text = Array.isArray(sample) ? (sample[1] as unknown) : undefined;
  if (text === '+Inf' || text === '-Inf') return text === '+Inf' ? Number.MAX_VALUE : -Number.MAX_VALUE;
  return typeof text === 'string' && text !== '' ? Number(text) : Number.NaN;
}

/** Judges a figure against its line; once it is a fault, against the line where it is well again. Pure. */
export function judgeReading(reading: Reading, rule: MetricRule, faulty: boolean): Finding {
  const name = rule.machine ?? 'the value';
  if ('none' in reading) return { verdict: 'unknown', detail: reading.none, facts: {} };
  const { value } = reading;
  const line = rule.above ?? rule.below!;
  const clear = rule.clear ?? line;
  const over = rule.above !== undefined ? value > (faulty ? clear : line) : value < (faulty ? clear : line);
  const wanted = `${rule.above === undefined ? 'below' : 'above'} ${over && faulty ? clear : line}`;
  const detail = over ? `${name} is ${figure(value)}, ${wanted}` : `${name} is ${figure(value)}`;
  return { verdict: over ? 'fault' : 'well', detail, facts: { value } };
}

const figure = (value: number): string => String(Number(value.toPrecision(4)));
