/**
 * - A sealed value opens only where it was put: same key, table, row, column, person and version.
 * - Losing a unit's wrapped key is losing the unit.
 * - A root key that others can read is refused.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keyRing, type SealPlace } from '../../../../store/keys/key-ring.ts';
import { ensureRootKeys, readRootKeys } from '../../../../store/keys/root-key.ts';
import { seal, unseal } from '../../../../store/keys/seal.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'steward-keys-'));
const place: SealPlace = { table: 'inbox', row: 'inb_1', column: 'content', person: 'per_1' };

function ring() {
  const path = join(folder(), 'root.key');
  const keys = keyRing(ensureRootKeys(path));
  const person = keys.newPersonKey('per_1');
  return { path, keys, person };
}

test('unit.open() gives back what unit.seal() took, in the same place', () => {
  const { keys } = ring();
  const unit = keys.newUnit('per_1');
  expect(unit.open(place, unit.seal(place, 'secret words')).toString()).toBe('secret words');
});

test.each([
  ['table', { table: 'outbox' }],
  ['row', { row: 'inb_2' }],
  ['column', { column: 'summary' }],
  ['version', { version: 1 }],
])('unit.open() refuses a ciphertext that was moved to another %s', (_, moved) => {
  const { keys } = ring();
  const unit = keys.newUnit('per_1');
  const sealed = unit.seal(place, 'secret words');
  expect(() => unit.open({ ...place, ...moved }, sealed)).toThrow(expect.objectContaining({ code: 'sealBroken' }));
});

test('unit() of another person does not unwrap the key', () => {
  const { keys } = ring();
  keys.newPersonKey('per_2');
  const unit = keys.newUnit('per_1');
  expect(() => keys.unit('per_2', unit.wrapped)).toThrow(expect.objectContaining({ code: 'sealBroken' }));
});

test('keyRing() opens after a restart what it sealed before, from the wrapped keys alone', () => {
  const { path, keys, person } = ring();
  const unit = keys.newUnit('per_1');
  const sealed = unit.seal(place, 'secret words');
  const later = keyRing(readRootKeys(path));
  expect(() => later.unit('per_1', unit.wrapped)).toThrow(expect.objectContaining({ code: 'keyMissing' }));
  later.admit('per_1', person.wrapped, person.rootKeyId);
  expect(later.unit('per_1', unit.wrapped).open(place, sealed).toString()).toBe('secret words');
});

test('keyRing() still opens a person wrapped by an older root key after a rotation', () => {
  const { path, keys, person } = ring();
  const unit = keys.newUnit('per_1');
  const sealed = unit.seal(place, 'secret words');
  writeFileSync(path, `knew ${randomBytes(32).toString('base64')}\n${readFileSync(path, 'utf8')}`);
  const rotated = keyRing(readRootKeys(path));
  rotated.admit('per_1', person.wrapped, person.rootKeyId);
  expect(rotated.unit('per_1', unit.wrapped).open(place, sealed).toString()).toBe('secret words');
  expect(rotated.newPersonKey('per_3').rootKeyId).toBe('knew');
});

test('seal() never repeats a ciphertext, and unseal() refuses one flipped bit anywhere', () => {
  const key = randomBytes(32);
  const sealed = seal(key, Buffer.from('words'), 'here');
  expect(seal(key, Buffer.from('words'), 'here').equals(sealed)).toBe(false);
  for (let at = 0; at < sealed.length; at++) {
    const broken = Buffer.from(sealed);
    broken[at] = (broken[at] ?? 0) ^ 1;
    expect(() => unseal(key, broken, 'here')).toThrow(expect.objectContaining({ code: 'sealBroken' }));
  }
  expect(unseal(key, sealed, 'here').toString()).toBe('words');
});

test('unseal() refuses a tag cut short, which Node alone would accept', () => {
  const key = randomBytes(32);
  const sealed = seal(key, Buffer.from('words'), 'here');
  expect(() => unseal(key, sealed.subarray(0, sealed.length - 4), 'here')).toThrow();
});

test('fingerprint() is stable, differs by kind, and is not the plain hash', () => {
  const { path, keys } = ring();
  expect(keyRing(readRootKeys(path)).fingerprint('address', 'a@b.c')).toBe(keys.fingerprint('address', 'a@b.c'));
  expect(keys.fingerprint('address', 'a@b.c')).not.toBe(keys.fingerprint('message-id', 'a@b.c'));
  expect(ring().keys.fingerprint('address', 'a@b.c')).not.toBe(keys.fingerprint('address', 'a@b.c'));
});

test('ensureRootKeys() makes one key, mode 0600, and keeps it', () => {
  const path = join(folder(), 'keys', 'root.key');
  const first = ensureRootKeys(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(ensureRootKeys(path).active.bytes.equals(first.active.bytes)).toBe(true);
});

test('readRootKeys() refuses a file that others can read, an empty one and a short key', () => {
  const path = join(folder(), 'root.key');
  ensureRootKeys(path);
  chmodSync(path, 0o640);
  expect(() => readRootKeys(path)).toThrow(/readable by others/);
  chmodSync(path, 0o600);
  writeFileSync(path, '\n');
  expect(() => readRootKeys(path)).toThrow(/is empty/);
  writeFileSync(path, 'k1 c2hvcnQ=\n');
  expect(() => readRootKeys(path)).toThrow(/:1 is not/);
});
