/*
 * - Keys, an Ollama server, cards and what they need are found, and no key's content is said.
 * - What is missing is said with the commands of this distribution; --fix shows them, asks, and runs them in their order.
 * - Where nobody can be asked, or nothing is known of a distribution, nothing is run and it is said why.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lookAround } from '../../../cli/look-around.ts';
import { installOf } from '../../../cli/package-commands.ts';
import { fakeOllama } from '../../support/fake-ollama.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';

function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'steward-doctor-'));
  const write = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    chmodSync(join(folder, path), mode);
  };
  return { folder, write, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

const card = '#!/bin/sh\necho "NVIDIA L4, 23034, 550.54.15"\n';
const nowhere = { OLLAMA_HOST: 'http://127.0.0.1:1' };

describe('lookAround()', () => {
  test('names the keys of providers and never what they hold', async () => {
    const found = await lookAround({
      env: { ...nowhere, OPENAI_API_KEY: 'key-canary', GROQ_API_KEY: ' ' },
      root: '/nowhere',
    });
    expect(found).toEqual({ keys: ['OPENAI_API_KEY'], cards: [], driverMissing: false, cuda: false });
  });

  test.each([
    ['an address', (port: string) => `http://127.0.0.1:${port}`],
    ['a host and a port', (port: string) => `127.0.0.1:${port}`],
    ['every address', (port: string) => `0.0.0.0:${port}`],
  ])('finds an Ollama server by %s', async (_what, host) => {
    await using far = await fakeOllama(['a']);
    far.models.set('llama3:8b', undefined);
    const { ollama } = await lookAround({ env: { OLLAMA_HOST: host(new URL(far.endpoint).port) }, root: '/nowhere' });
    expect(ollama).toEqual({ endpoint: far.endpoint, version: '0.17.4', models: ['llama3:8b'] });
  });

  test('finds cards with their driver, and the libraries that models need there', async () => {
    using place = scratch();
    place.write('bin/nvidia-smi', card, 0o755);
    place.write('bin/ldconfig', '#!/bin/sh\necho "	libcublas.so.12 (libc6,x86-64) => /lib/libcublas.so.12"\n', 0o755);
    const env = { ...nowhere, PATH: `${join(place.folder, 'bin')}:/bin:/usr/bin` };
    const found = await lookAround({ env, root: place.folder });
    expect(found).toMatchObject({
      cards: [{ name: 'NVIDIA L4', memoryMiB: 23034, driver: '550.54.15' }],
      cuda: true,
      driverMissing: false,
    });
  });

  test('finds a card that nothing speaks with, and takes no other device for one', async () => {
    using place = scratch();
    const device = (name: string, vendor: string, kind: string) => {
      place.write(`sys/bus/pci/devices/${name}/vendor`, `${vendor}\n`);
      place.write(`sys/bus/pci/devices/${name}/class`, `${kind}\n`);
    };
    device('0000:00:1f.0', '0x8086', '0x030000');
    device('0000:01:00.1', '0x10de', '0x040300');
    const env = { ...nowhere, PATH: place.folder };
    expect((await lookAround({ env, root: place.folder })).driverMissing).toBe(false);
    device('0000:01:00.0', '0x10de', '0x030200');
    expect((await lookAround({ env, root: place.folder })).driverMissing).toBe(true);
  });
});

describe('installOf()', () => {
  test.each([
    ['ID=debian', 'apt-get install -y nvidia-cuda-toolkit'],
    ['ID="ubuntu"\nVERSION_ID="24.04"', 'apt-get install -y nvidia-cuda-toolkit'],
    ['ID=neon\nID_LIKE="ubuntu debian"', 'apt-get install -y nvidia-cuda-toolkit'],
    ['ID=fedora', 'dnf install -y xorg-x11-drv-nvidia-cuda'],
    ['ID=endeavouros\nID_LIKE=arch', 'pacman -S --noconfirm cuda'],
  ])('knows the commands of %s', (release, last) => {
    using place = scratch();
    place.write('etc/os-release', release);
    const install = installOf('cuda', place.folder);
    expect('commands' in install && install.commands.at(-1)!.join(' ')).toBe(last);
  });

  test.each(['ID=alpine\nPRETTY_NAME="Alpine Linux v3.20"', undefined])(
    'refuses what it does not know: %s',
    (release) => {
      using place = scratch();
      if (release !== undefined) place.write('etc/os-release', release);
      expect(installOf('driver', place.folder)).toEqual({
        refused: expect.stringMatching(/is not known here for (Alpine|a distribution)/),
      });
    },
  );
});

async function doctor(home: string, path: string, args: string[] = []) {
  const env = {
    ...process.env,
    ...nowhere,
    STEWARD_HOME: home,
    PATH: `${path}:${process.env.PATH}`,
    OPENAI_API_KEY: 'key-canary',
  };
  const child = spawn(process.execPath, ['cli/main.ts', 'doctor', ...args, '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (err += data));
  await new Promise((resolve) => child.once('close', resolve));
  expect(out + err).not.toContain('key-canary');
  const read =
    out === ''
      ? undefined
      : (JSON.parse(out) as { checks: { id: string; state: string; found: string; remedy?: string }[] });
  return { err, of: (id: string) => read?.checks.find((check) => check.id === id) };
}

/** A machine with a card and without CUDA, whose package managers write down what they were told. */
function machine(place: ReturnType<typeof scratch>) {
  place.write('bin/nvidia-smi', card, 0o755);
  place.write('bin/ldconfig', '#!/bin/sh\n', 0o755);
  const said = join(place.folder, 'said');
  for (const manager of ['apt-get', 'dnf', 'pacman', 'zypper'])
    place.write(`bin/${manager}`, `#!/bin/sh\necho "${manager} $*" >> ${said}\n`, 0o755);
  const tiny = join(place.folder, 'tiny.gguf');
  writeTinyGguf(tiny);
  place.write('home/models.yaml', `models: [{ name: own, type: gguf, path: ${tiny}, gpu: cuda }]\n`);
  return {
    home: join(place.folder, 'home'),
    bin: join(place.folder, 'bin'),
    said: () => readFileSync(said, 'utf8').trim().split('\n'),
  };
}

describe('steward doctor', () => {
  test('says what a model is in want of, and with which commands it comes', async () => {
    using place = scratch();
    const { home, bin } = machine(place);
    const found = await doctor(home, bin);
    expect(found.of('models.keys')).toMatchObject({ state: 'ok', found: expect.stringContaining('OPENAI_API_KEY') });
    expect(found.of('models.ollama')).toMatchObject({ state: 'skip' });
    expect(found.of('models.card')).toMatchObject({ state: 'ok', found: 'NVIDIA L4, 23034 MiB, driver 550.54.15' });
    expect(found.of('models.cuda')).toMatchObject({
      state: 'fail',
      remedy: expect.stringMatching(/^(Run `|Install it by hand)/),
    });
    expect(found.of('models.runtime')).toMatchObject({ state: 'fail', remedy: 'Run `steward models pull own`.' });
    expect(found.of('models.files')).toMatchObject({ state: 'ok', found: 'own 0 MiB' });
    place.write(
      'home/models.yaml',
      'models: [{ name: own, type: gguf, path: /nowhere/x.gguf }, { name: o, type: ollama }]\n',
    );
    const other = await doctor(home, bin);
    expect(other.of('models.files')).toMatchObject({ state: 'fail', found: 'own: /nowhere/x.gguf is not there' });
    expect(other.of('models.cuda')).toMatchObject({ state: 'skip' });
    expect(other.of('models.ollama')).toMatchObject({
      state: 'fail',
      found: 'o is asked of a server that does not answer',
    });
  });

  test('--fix runs nothing where nobody can be asked, and with --yes what it has shown', async () => {
    using place = scratch();
    const { home, bin, said } = machine(place);
    // What runs a GGUF file is fetched by a command of Steward's own; here only the packages are looked at.
    place.write('home/models.yaml', 'models: []\n');
    const asked = await doctor(home, bin, ['--fix']);
    if (process.getuid?.() === 0) expect(asked.err).toContain('--yes is missing, and there is no terminal to ask');
    else expect(asked.err).toContain('a package manager needs root');
    expect(said).toThrow('ENOENT');
    if (process.getuid?.() !== 0) return;
    const fixed = await doctor(home, bin, ['--fix', '--yes']);
    expect(said().at(-1)).toMatch(/nvidia-cuda-toolkit|cuda/);
    for (const line of said()) expect(fixed.err).toContain(`$ ${line}`);
  });
});
