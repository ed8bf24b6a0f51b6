import { expect, test } from 'vitest';
import { readSettings, settingsTable } from '../../../schemas/settings.ts';

const base = { HOME: '/home/ada' };

test('readSettings() has a default for everything that an embedded home needs', () => {
  expect(readSettings(base)).toEqual({
    home: '/home/ada/.steward',
    cache: '/home/ada/.cache/steward',
    roles: ['main', 'io', 'llm', 'batch'],
    rootKeyFile: '/home/ada/.steward/data/root-key',
    api: { host: '127.0.0.1', port: 7700 },
    temporal: { namespace: 'steward' },
    tracing: { content: false },
    cachedWorkflows: 50,
    graceMs: 10_000,
    logLevel: 'info',
  });
});

test('readSettings() takes an empty variable for one that is not set', () => {
  expect(readSettings({ ...base, TEMPORAL_ADDRESS: '', STEWARD_API_PORT: '' }).api.port).toBe(7700);
});

test.each(Object.entries(settingsTable).flatMap(([name, row]) => ('secret' in row ? [name] : [])))(
  'readSettings() reads the secret %s from a file, without its last newline',
  (name) => {
    const value = { DATABASE_URL: 'postgres://a@h/d', REDIS_URL: 'redis://h:1' }[name] ?? 'sixteen-characters-long';
    const env = { ...base, DATABASE_URL: 'postgres://a@h/d', [name]: '', [`${name}_FILE`]: '/run/secret' };
    const direct = readSettings({ ...base, DATABASE_URL: 'postgres://a@h/d', [name]: value });
    expect(readSettings(env, () => `${value}\n`)).toEqual(direct);
  },
);

test('readSettings() puts the password of its own variable into the database address, escaped', () => {
  const { databaseUrl } = readSettings({ ...base, DATABASE_URL: 'postgres://a@h/d', DATABASE_PASSWORD: 'p@ss/1' });
  expect(databaseUrl).toBe('postgres://a:p%40ss%2F1@h/d');
});

test('readSettings() turns TLS on for an API key', () => {
  expect(readSettings({ ...base, TEMPORAL_API_KEY: 'k' }).temporal.tls).toEqual({});
});

test('readSettings() names the variable and what was found', () => {
  expect(() => readSettings({ ...base, STEWARD_API_PORT: '70000' })).toThrow(/STEWARD_API_PORT is "70000"/);
});

test('readSettings() does not repeat a secret that is not usable', () => {
  try {
    readSettings({ ...base, DATABASE_URL: 'mysql://ada:hunter2@h/d' });
    expect.unreachable();
  } catch (cause) {
    expect(String(cause)).toContain('DATABASE_URL');
    expect(String(cause)).not.toContain('hunter2');
  }
});

test('readSettings() says which file of a secret is missing', () => {
  expect(() => readSettings({ ...base, REDIS_URL_FILE: '/nowhere/redis' })).toThrow(/\/nowhere\/redis.*REDIS_URL_FILE/);
});
