import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { RootKeys } from '../../store/keys/root-key.ts';
import { payloadCodec } from './payload-codec.ts';

/** Where the failure converter lies; the workflow bundle needs the same path. */
export const failureConverterPath = fileURLToPath(new URL('./failure-converter.ts', import.meta.url));

/** The converter that client and worker both use: codec on, failures encoded. */
export function dataConverter(roots: RootKeys): DataConverter {
  return { payloadCodecs: [payloadCodec(roots)], failureConverterPath };
}
