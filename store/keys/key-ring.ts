import { createHmac, randomBytes } from 'node:crypto';
import { StewardError } from '../../schemas/errors.ts';
import type { RootKeys } from './root-key.ts';
import { seal, unseal } from './seal.ts';

/** Where a sealed value lies. All five are authenticated, so an old or moved ciphertext fails to open. */
export interface SealPlace {
  readonly table: string;
  readonly row: string;
  readonly column: string;
  readonly person: string;
  /** Raised with each new value of the same column. */
  readonly version?: number;
}

/** A key for one erasable unit (a body, a digest), as stored: wrapped by its person's key. */
export interface UnitKey {
  readonly wrapped: Buffer;
  seal(place: SealPlace, plaintext: string | Buffer): Buffer;
  open(place: SealPlace, sealed: Buffer): Buffer;
}

/**
 * Keys in three layers: root wraps person, person wraps unit, unit seals content. Losing the wrapped unit key of a row
 * is what erasing means; rotation re-wraps the person keys only.
 */
export interface KeyRing {
  /** Wraps a fresh person key; the caller stores both parts. */
  newPersonKey(personId: string): { wrapped: Buffer; rootKeyId: string };
  /** Makes a person's key usable; call it at start and when a person is added. */
  admit(personId: string, wrapped: Buffer, rootKeyId: string): void;
  newUnit(personId: string): UnitKey;
  unit(personId: string, wrapped: Buffer): UnitKey;
  /** Seals small things that belong to nobody, such as configuration files. */
  sealSystem(place: Omit<SealPlace, 'person'>, plaintext: string): Buffer;
  openSystem(place: Omit<SealPlace, 'person'>, sealed: Buffer): string;
  /** A keyed fingerprint: finds a value without storing it. 128 bits, hex. */
  fingerprint(kind: string, value: string): string;
}

const context = (p: SealPlace) => [p.table, p.row, p.column, p.person, p.version ?? 0].join('\u001f');

/** Builds the key ring over the root keys. Keeps opened person keys in memory only. */
export function keyRing(roots: RootKeys): KeyRing {
  const people = new Map<string, Buffer>();
  const index = roots.derive('index');
  const wrapContext = (personId: string) => `people\u001f${personId}\u001fwrapped_key`;
  const unitContext = (personId: string) => `unit\u001f${personId}`;
  const personKey = (personId: string) => {
    const key = people.get(personId);
    if (key === undefined) throw new StewardError('keyMissing', `No key is open for person ${personId}`);
    return key;
  };
  const unit = (personId: string, key: Buffer, wrapped: Buffer): UnitKey => ({
    wrapped,
    seal: (place, plaintext) => seal(key, Buffer.from(plaintext as string), context({ ...place, person: personId })),
    open: (place, sealed) => unseal(key, sealed, context({ ...place, person: personId })),
  });
  // One key for values of the installation itself; derived per root key so that rotation can re-seal.
  const system = roots.derive('system');

  return {
    newPersonKey: (personId) => {
      const key = randomBytes(32);
      people.set(personId, key);
      return { wrapped: seal(roots.active.bytes, key, wrapContext(personId)), rootKeyId: roots.active.id };
    },
    admit: (personId, wrapped, rootKeyId) => {
      people.set(personId, unseal(roots.byId(rootKeyId).bytes, wrapped, wrapContext(personId)));
    },
    newUnit: (personId) => {
      const key = randomBytes(32);
      return unit(personId, key, seal(personKey(personId), key, unitContext(personId)));
    },
    unit: (personId, wrapped) => unit(personId, unseal(personKey(personId), wrapped, unitContext(personId)), wrapped),
    sealSystem: (place, plaintext) => seal(system, Buffer.from(plaintext, 'utf8'), context({ ...place, person: '' })),
    openSystem: (place, sealed) => unseal(system, sealed, context({ ...place, person: '' })).toString('utf8'),
    fingerprint: (kind, value) =>
      createHmac('sha256', index).update(kind).update('\u001f').update(value).digest('hex').slice(0, 32),
  };
}
