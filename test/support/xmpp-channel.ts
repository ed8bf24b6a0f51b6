import { channelFile, type XmppChannel } from '../../schemas/channel-file.ts';

/** A channel file in force for `steward@xmpp.test`, whose owner is `owner@xmpp.test`. */
export function xmppChannel(
  server: { readonly port: number; readonly caFile: string },
  changes: Partial<XmppChannel> = {},
): XmppChannel {
  const file = channelFile.parse({
    kind: 'xmpp',
    addresses: ['owner@xmpp.test'],
    jid: 'steward@xmpp.test',
    password: 'pw-steward',
    host: '127.0.0.1',
    port: server.port,
    tls: { ca: server.caFile },
  });
  return { ...(file as Extract<typeof file, { kind: 'xmpp' }>), name: 'chat', hash: 'a hash', ...changes };
}
