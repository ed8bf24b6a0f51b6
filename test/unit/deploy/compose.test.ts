// Policy of the compose home:
// - nothing is published beyond loopback, and the record has no way out
// - data lies in named volumes, secrets in files, images are pinned
// - what Temporal is told is what the embedded home tells it
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { retentionDays, searchAttributes } from '../../../schemas/protocol.ts';
import { settingsTable } from '../../../schemas/settings.ts';
import { temporalTuning } from '../../../workers/home/start-temporal.ts';

interface Service {
  image: string;
  restart: string;
  command?: string[];
  entrypoint?: string[];
  ports?: string[];
  volumes?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
  networks?: string[];
  network_mode?: string;
  secrets?: string[];
  depends_on?: Record<string, { condition: string }>;
}

const root = resolve(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, null>;
  networks: Record<string, { internal?: boolean }>;
  secrets: Record<string, { file: string }>;
};
const services = Object.entries(compose.services);
const oneShots = ['temporal-schema', 'temporal-namespace', 'steward-key'];

describe('docker-compose.yml', () => {
  test('publishes one port, on loopback: the API, which has a login and passes the Temporal UI on', () => {
    const ports = services.flatMap(([, { ports: list = [] }]) => list);
    expect(ports).toEqual(['127.0.0.1:7700:7700']);
    expect(compose.networks.record?.internal).toBe(true);
    for (const name of ['postgres', 'valkey', 'temporal', 'temporal-ui'])
      expect(compose.services[name]?.networks).toEqual(['record']);
  });

  test('pins every image to a full version', () => {
    for (const [name, { image }] of services) expect(`${name} ${image}`).toMatch(/:\d+\.\d+\.\d+|:18\.4-bookworm/);
    expect(read('Dockerfile')).toContain('FROM node:24.21.0-');
  });

  test('keeps data in named volumes, and mounts nothing of the host to be written', () => {
    for (const mount of services.flatMap(([, { volumes = [] }]) => volumes)) {
      const [source = '', , mode] = mount.split(':');
      if (source.startsWith('.')) expect(`${mount}`).toBe(`${source}:${mount.split(':')[1]}:ro`);
      else expect(Object.keys(compose.volumes)).toContain(source);
      if (mode !== undefined) expect(mode).toBe('ro');
    }
  });

  test('watches every service that stays, and lets each one-shot end and be repeated', () => {
    for (const [name, service] of services) {
      if (oneShots.includes(name)) expect(service.restart).toBe('on-failure:5');
      else expect(service).toMatchObject({ restart: 'unless-stopped', healthcheck: expect.anything() });
    }
    const waits = Object.values(compose.services).flatMap(({ depends_on = {} }) => Object.entries(depends_on));
    for (const [name, { condition }] of waits) {
      expect(condition).toBe(oneShots.includes(name) ? 'service_completed_successfully' : 'service_healthy');
    }
  });

  test('has commands of words only, so that no colon in one became a mapping', () => {
    for (const word of services.flatMap(([, s]) => [s.command, s.entrypoint, s.healthcheck?.test].flat())) {
      expect(['string', 'undefined']).toContain(typeof word);
    }
  });

  test('holds no secret in plain: passwords and tokens are files outside git', () => {
    for (const [name, { environment = {} }] of services) {
      for (const [key, value] of Object.entries(environment)) {
        if (/PASSWORD|TOKEN|SECRET|KEY/.test(key)) expect(`${name} ${key}`).toMatch(/_FILE$/);
        expect(`${value}`).not.toMatch(/:\/\/[^/@]+:[^/@]+@/);
      }
    }
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/deploy\/secrets\//);
    expect(read('.gitignore')).toContain('/deploy/secrets/');
    expect(read('.dockerignore').split('\n')[0]).toBe('*');
  });

  test('gives Steward only settings that it reads', () => {
    const names = Object.keys(compose.services.steward?.environment ?? {});
    for (const name of names) expect(Object.keys(settingsTable)).toContain(name.replace(/_FILE$/, ''));
    expect(compose.services.steward?.command).toEqual(['workers/main.ts']);
  });
});

describe('deploy/', () => {
  test('dynamic-config.yaml tells a server what the embedded home tells its own', () => {
    const values = parse(read('deploy/temporal/dynamic-config.yaml')) as Record<string, [{ value: unknown }]>;
    expect(Object.fromEntries(Object.entries(values).map(([key, [{ value }]]) => [key, value]))).toEqual(
      temporalTuning,
    );
  });

  test('set-up-namespace.sh makes every search attribute and keeps closed runs as long as the embedded home', () => {
    const script = read('deploy/temporal/set-up-namespace.sh');
    expect(/^attributes="([^"]*)"/m.exec(script)?.[1]?.split(' ').sort()).toEqual(
      Object.values(searchAttributes).sort(),
    );
    expect(script).toContain(`retention=${retentionDays * 24}h `);
  });

  test('make-secrets.sh makes every secret of the compose file once, in a folder of its owner alone', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'steward-secrets-')), 'secrets');
    try {
      const make = () => execFileSync('sh', [join(root, 'deploy/make-secrets.sh'), folder]).toString();
      make();
      const before = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
      expect(before.map(([name]) => name).sort()).toEqual(Object.keys(compose.secrets).sort());
      expect(new Set(before.map(([, text]) => text)).size).toBe(before.length);
      for (const [, text] of before) expect(text).toMatch(/^[0-9a-f]{48}$/);
      expect(make()).toBe('');
      expect(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')])).toEqual(before);
      expect(statSync(folder).mode & 0o777).toBe(0o700);
    } finally {
      rmSync(join(folder, '..'), { recursive: true });
    }
  });
});
