// Policy: what the file of a channel says is where its server is; DNS is asked only where it says nothing.
import { describe, expect, test } from 'vitest';
import { findServer } from '../../../../../activities/channels/xmpp/find-server.ts';
import { xmppChannel } from '../../../../support/xmpp-channel.ts';

describe('findServer()', () => {
  const { host: _, port: __, ...bare } = xmppChannel({ port: 1, caFile: '' });

  test('gives the host of the file, with the port of the file or of its kind of security', async () => {
    const host = 'chat.example.org';
    expect(await findServer({ ...bare, host, port: 15_223 })).toEqual([{ host, port: 15_223 }]);
    expect(await findServer({ ...bare, host })).toEqual([{ host, port: 5223 }]);
    expect(await findServer({ ...bare, host, security: 'starttls' })).toEqual([{ host, port: 5222 }]);
  });

  test('gives the domain of the account where only a port is named', async () => {
    expect(await findServer({ ...bare, port: 15_223 })).toEqual([{ host: 'xmpp.test', port: 15_223 }]);
  });
});
