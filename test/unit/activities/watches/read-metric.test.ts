/**
 * - Of an instant query the largest value counts; nothing, NaN and what is no answer are no data, with the reason.
 * - Once it is a fault, the other line counts (hysteresis).
 * - A real Prometheus gives the figures where it is installed.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { judgeReading, largestOf, readMetric } from '../../../../activities/watches/read-metric.ts';
import { metricWhen } from '../../../../schemas/trigger-kinds/metric.ts';
import { freePorts } from '../../../../workers/home/free-port.ts';
import { faultServer } from '../../../support/fault-server.ts';

const rule = (more: object) => metricWhen.parse({ metric: { machine: 'loadPerCore', ...more } }).metric;
const vector = (...values: string[]) =>
  JSON.stringify({
    status: 'success',
    data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1, value] })) },
  });

test('largestOf() takes the largest value, and infinity for a very large one', () => {
  expect(largestOf(vector('1', '3.5', 'NaN', '-2'))).toEqual({ value: 3.5 });
  expect(largestOf(vector('+Inf'))).toEqual({ value: Number.MAX_VALUE });
  expect(largestOf('{"status":"success","data":{"resultType":"scalar","result":[1,"0"]}}')).toEqual({ value: 0 });
});

test.each([
  [vector(), 'no data'],
  [vector('NaN'), 'no data: the value is NaN'],
  ['{"status":"success","data":{"resultType":"matrix","result":[]}}', 'Prometheus: no answer to an instant query'],
  ['{"status":"success","data":{"resultType":"vector","result":[{"value":[1]},{}]}}', 'no data: the value is NaN'],
  ['{"status":"error","error":"s3cret"}', 'Prometheus: no answer to an instant query'],
  ['{"status":"success","data":{"resultType":"vector","result":[null]}}', 'Prometheus: no answer to an instant query'],
  ['<html>', 'Prometheus: no answer to an instant query'],
  ['null', 'Prometheus: no answer to an instant query'],
])('largestOf() finds no figure in %s', (text, none) => {
  expect(largestOf(text)).toEqual({ none });
});

test('readMetric() asks below the path of the address and sends the headers', async () => {
  await using server = await faultServer();
  server.use((_request, response) => response.end(vector('7')));
  const prometheus = { url: `${server.url}/prom/`, query: 'up == 1 & "ü"', headers: { 'X-Scope-OrgID': 'me' } };
  const readFigures = () => Promise.reject(new Error('not asked'));
  const metric = rule({ machine: undefined, prometheus, above: 1 });
  expect(await readMetric(metric, { readFigures })).toEqual({ value: 7 });
  const [asked] = server.requests;
  expect(asked?.headers['x-scope-orgid']).toBe('me');
  const url = new URL(asked!.path, 'http://here');
  expect([url.pathname, url.searchParams.get('query')]).toEqual(['/prom/api/v1/query', 'up == 1 & "ü"']);
  server.use((_request, response) => response.writeHead(400).end('s3cret'));
  expect(await readMetric(metric, { readFigures })).toEqual({ none: 'Prometheus: status 400' });
  server.use((_request, response) => response.end(Buffer.alloc(1_048_577, ' ')));
  expect(await readMetric(metric, { readFigures })).toEqual({ none: 'Prometheus: an answer of more than 1 MiB' });
});

test('judgeReading() has one line into a fault and another one out of it', () => {
  const stands = (metric: object, value: number, faulty: boolean) =>
    judgeReading({ value }, rule(metric), faulty).verdict;
  const above = { above: 90, clear: 80 };
  expect([90, 90.1].map((value) => stands(above, value, false))).toEqual(['well', 'fault']);
  expect([80.1, 80].map((value) => stands(above, value, true))).toEqual(['fault', 'well']);
  const below = { below: 10, clear: 20 };
  expect([10, 9.9].map((value) => stands(below, value, false))).toEqual(['well', 'fault']);
  expect([19.9, 20].map((value) => stands(below, value, true))).toEqual(['fault', 'well']);
  expect(judgeReading({ value: 93.123456 }, rule(above), false)).toEqual({
    ...{ verdict: 'fault', detail: 'loadPerCore is 93.12, above 90', facts: { value: 93.123456 } },
  });
  expect(judgeReading({ none: 'no data' }, rule(above), true)).toMatchObject({ verdict: 'unknown', detail: 'no data' });
});

const installed = (() => {
  try {
    return execFileSync('prometheus', ['--version'], { stdio: 'pipe' }).length >= 0;
  } catch {
    return false;
  }
})();
if (!installed) console.log('skipped: the test with a real Prometheus, since `prometheus` is not installed');

test.skipIf(!installed)('readMetric() reads a real Prometheus', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  const [port] = (await freePorts(1)) as [number];
  writeFileSync(
    join(folder, 'p.yml'),
    `global: { scrape_interval: 1s }\nscrape_configs:\n- { job_name: self, static_configs: [{ targets: ["127.0.0.1:${port}"] }] }\n`,
  );
  const server = spawn(
    'prometheus',
    [
      ...[`--config.file=${join(folder, 'p.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`],
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  try {
    const ask = (query: string) =>
      readMetric(rule({ machine: undefined, prometheus: { url: `http://127.0.0.1:${port}`, query }, above: 1 }), {
        readFigures: () => Promise.reject(new Error('not asked')),
      });
    await expect.poll(() => ask('up{job="self"}'), { timeout: 30_000, interval: 200 }).toEqual({ value: 1 });
    expect(await ask('vector(3) or label_replace(vector(7), "a", "b", "", "")')).toEqual({ value: 7 });
    expect(await ask('scalar(vector(5))')).toEqual({ value: 5 });
    expect(await ask('nothing_of_that_name')).toEqual({ none: 'no data' });
    expect(await ask('vector(0) / 0')).toEqual({ none: 'no data: the value is NaN' });
    expect(await ask('up[5m]')).toEqual({ none: 'Prometheus: no answer to an instant query' });
    expect(await ask('up{')).toEqual({ none: 'Prometheus: status 400' });
  } finally {
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  }
});
