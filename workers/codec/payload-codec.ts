import type { Payload, PayloadCodec } from '@temporalio/common';
import { METADATA_ENCODING_KEY } from '@temporalio/common';
import proto from '@temporalio/proto';
import { StewardError } from '../../schemas/errors.ts';
import type { RootKeys } from '../../store/keys/root-key.ts';
import { seal, unseal } from '../../store/keys/seal.ts';

const { Payload: PayloadProto } = proto.temporal.api.common.v1;
const encoding = 'binary/encrypted';
const keyIdKey = 'encryption-key-id';
const purpose = 'temporal-payload';
const context = 'temporal\u001fpayload';

/**
 * Encrypts every payload and failure on its way to Temporal, AES-256-GCM, the key's id beside it.
 * What carries no such mark is passed through, so runs made by the Temporal CLI still read.
 *
 * @throws keyMissing when a payload names a root key that is gone; sealBroken when it was changed
 */
export function payloadCodec(roots: RootKeys): PayloadCodec {
  const keys = new Map<string, Buffer>();
  const keyFor = (id: string) => {
    const known = keys.get(id) ?? roots.derive(purpose, id);
    keys.set(id, known);
    return known;
  };
  const encode = (payload: Payload): Payload => ({
    metadata: {
      [METADATA_ENCODING_KEY]: Buffer.from(encoding),
      [keyIdKey]: Buffer.from(roots.active.id),
    },
    data: seal(keyFor(roots.active.id), Buffer.from(PayloadProto.encode(payload).finish()), context),
  });
  const decode = (payload: Payload): Payload => {
    const mark = payload.metadata?.[METADATA_ENCODING_KEY];
    if (mark == null || Buffer.from(mark).toString() !== encoding) return payload;
    const keyId = payload.metadata?.[keyIdKey];
    if (keyId == null || payload.data == null) {
      throw new StewardError('sealBroken', 'Cannot decode a payload that names no key');
    }
    const opened = unseal(keyFor(Buffer.from(keyId).toString()), Buffer.from(payload.data), context);
    return PayloadProto.decode(opened) as Payload;
  };
  return {
    encode: async (payloads) => payloads.map(encode),
    decode: async (payloads) => payloads.map(decode),
  };
}
