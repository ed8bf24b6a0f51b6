import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { lastLines } from '../../../cli/logs.ts';
import { table, wantsJson } from '../../../cli/print.ts';
import { serviceUnit } from '../../../cli/service.ts';

const cli = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));

function steward(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { PATH: process.env.PATH, HOME: '/nowhere' };
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...words], { env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

test('steward --help lists every command, and each has its file', async () => {
  const { code, out } = await steward('--help');
  expect(code).toBe(0);
  for (const name of ['up', 'down', 'status', 'demo', 'report', 'runs', 'trigger', 'channel', 'inspect', 'logs']) {
    expect(out).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    expect(existsSync(new URL(`../../../cli/${name}.ts`, import.meta.url))).toBe(true);
  }
});

test('steward answers with its exit codes: 2 for wrong use, 3 for not running', async () => {
  expect(await steward('fly')).toMatchObject({ code: 2 });
  expect(await steward('logs', '--lines', 'many', '--home', '/nowhere')).toMatchObject({ code: 2 });
  const status = await steward('status', '--json');
  expect(status.code).toBe(3);
  expect(JSON.parse(status.out)).toMatchObject({ error: 'notRunning', remedy: 'Start it with `steward up`.' });
  expect(status.err).toBe('steward: No Steward runs in /nowhere/.steward\nremedy: Start it with `steward up`.\n');
});

test('steward doctor fails with 4 and a remedy for each failed check', async () => {
  const { code, out } = await steward('doctor', '--json');
  expect(code).toBe(4);
  const { checks } = JSON.parse(out) as { checks: { id: string; state: string; remedy?: string }[] };
  expect(checks.find((check) => check.id === 'key.present')).toMatchObject({ state: 'fail' });
  for (const check of checks) expect(check.remedy !== undefined).toBe(check.state === 'fail');
  expect(new Set(checks.map((check) => check.id)).size).toBe(checks.length);
});

test('wantsJson() heeds the flag before a double dash only', () => {
  expect(wantsJson(['node', 'main', 'runs', '--json'])).toBe(true);
  expect(wantsJson(['node', 'main', 'x', '--', '--json'])).toBe(false);
});

test('table() lines up its columns', () => {
  expect(
    table(
      ['A', 'LONG'],
      [
        ['first', '1'],
        ['b', '2'],
      ],
    ),
  ).toBe('A      LONG\nfirst  1\nb      2');
});

test('lastLines() gives as many as asked for, and none for none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'steward-lines-'));
  writeFileSync(join(folder, 'a.log'), '1\n2\n3\n');
  expect(lastLines(join(folder, 'a.log'), 2)).toEqual(['2', '3']);
  expect(lastLines(join(folder, 'a.log'), 0)).toEqual([]);
  rmSync(folder, { recursive: true });
});

test('serviceUnit() quotes places with spaces and asks root things only of root', () => {
  const places = { launcher: '/opt/my steward/steward', home: '/h', user: 'ada', userHome: '/home/ada' };
  const unit = serviceUnit(places, false);
  expect(unit).toContain('ExecStart="/opt/my steward/steward" up');
  expect(unit).toContain('User=ada');
  expect(unit).not.toContain('/var/lib/steward');
  expect(serviceUnit({ ...places, user: 'root' }, false)).toContain(
    'ReadWritePaths=/h /home/ada/.cache /var/lib/steward',
  );
  expect(serviceUnit(places, true)).not.toContain('User=');
});
