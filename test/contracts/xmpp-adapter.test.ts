// Policy: XMPP is spoken as every channel of messages is.
// - the contract of adapters holds on a real Prosody, with direct TLS
import { prosodyMissing } from '../support/prosody.ts';
import { xmppFarSide } from '../support/xmpp-far-side.ts';
import { chatAdapterContract } from './chat-adapter.ts';

chatAdapterContract(async () => {
  const missing = prosodyMissing();
  return missing === undefined ? await xmppFarSide() : `XMPP on a real server: ${missing}`;
});
