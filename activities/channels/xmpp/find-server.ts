import { resolveSrv } from 'node:dns/promises';
import type { XmppChannel } from '../../../schemas/channel-file.ts';
import { domainOf } from './xmpp-names.ts';

export interface ServerPlace {
  readonly host: string;
  readonly port: number;
}

/**
 * Says where a channel's server may be, best first: what its file names, else the SRV records of its domain, else the
 * domain itself. Whoever answers there has to prove the name of the domain, so DNS is not believed.
 *
 * @source RFC 6120 3.2, XEP-0368
 */
export async function findServer(channel: XmppChannel): Promise<readonly ServerPlace[]> {
  const domain = domainOf(channel.jid);
  const port = channel.port ?? (channel.security === 'tls' ? 5223 : 5222);
  if (channel.host !== undefined) return [{ host: channel.host, port }];
  const own = { host: domain, port };
  if (channel.port !== undefined) return [own];
  const service = channel.security === 'tls' ? '_xmpps-client' : '_xmpp-client';
  const records = await resolveSrv(`${service}._tcp.${domain}`).catch(() => []);
  if (records.length === 0) return [own];
  return records
    .toSorted((one, other) => one.priority - other.priority || other.weight - one.weight)
    .map(({ name, port: at }) => ({ host: name, port: at }));
}
