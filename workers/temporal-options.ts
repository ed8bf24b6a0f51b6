import { readFileSync } from 'node:fs';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { StewardError } from '../schemas/errors.ts';
import type { Settings } from '../schemas/settings.ts';

/** How Temporal is reached, as the environment says; for a native connection and for a client's alike. @throws badInput */
export function temporalOptions({ temporal }: Settings): Pick<NativeConnectionOptions, 'apiKey' | 'tls'> & {
  address: string;
} {
  const { tls, address } = temporal;
  if (address === undefined) throw new StewardError('badInput', 'The setting TEMPORAL_ADDRESS is not set');
  const pem = (path: string) => readFileSync(path);
  return {
    address,
    ...(temporal.apiKey === undefined ? {} : { apiKey: temporal.apiKey }),
    ...(tls === undefined
      ? {}
      : {
          tls: {
            ...(tls.serverName === undefined ? {} : { serverNameOverride: tls.serverName }),
            ...(tls.caFile === undefined ? {} : { serverRootCACertificate: pem(tls.caFile) }),
            ...(tls.certFile === undefined || tls.keyFile === undefined
              ? {}
              : { clientCertPair: { crt: pem(tls.certFile), key: pem(tls.keyFile) } }),
          },
        }),
  };
}
