import { xmppAdapter } from '../../activities/channels/xmpp/xmpp-adapter.ts';
import type { XmppChannel } from '../../schemas/channel-file.ts';
import type { ChatFarSide, HeardMessage } from './chat-far-side.ts';
import { prosody, type TestProsody, xmppDomain, xmppRooms } from './prosody.ts';
import { type RawXmpp, rawXmpp, unescapeXml } from './raw-xmpp.ts';
import { xmppChannel } from './xmpp-channel.ts';

export const xmppRoom = `lobby@${xmppRooms}`;
const jidOf = (user: string) => `${user}@${xmppDomain}`;

/** A Prosody with the owner, Steward and a stranger on it; owner and stranger speak in plain XML. */
export interface XmppFarSide extends ChatFarSide<XmppChannel> {
  readonly server: TestProsody;
  /** The owner's connection, made when it is first asked for and again after a restart. */
  owner(): Promise<RawXmpp>;
  stranger(): Promise<RawXmpp>;
}

/** Starts one. @param changes - to the channel file */
export async function xmppFarSide(changes: Partial<XmppChannel> = {}): Promise<XmppFarSide> {
  const server = await prosody(['steward', 'owner', 'stranger']);
  const raws = new Map<string, Promise<RawXmpp>>();
  const as = (user: string): Promise<RawXmpp> => {
    const kept = raws.get(user);
    if (kept !== undefined) return kept;
    const { tlsPort: port, caFile } = server;
    const made = rawXmpp({ port, caFile, domain: xmppDomain, user, password: `pw-${user}` });
    raws.set(user, made);
    return made;
  };
  const hangUp = async () => {
    const all = [...raws.values()];
    raws.clear();
    for (const raw of await Promise.all(all)) await raw[Symbol.asyncDispose]();
  };
  const at = { port: server.tlsPort, caFile: server.caFile };
  const channel = xmppChannel(at, { rooms: [{ room: xmppRoom, nick: 'steward' }], ...changes });
  return {
    name: 'XMPP on Prosody',
    server,
    adapter: xmppAdapter,
    channel,
    ownerAddress: jidOf('owner'),
    owner: () => as('owner'),
    stranger: () => as('stranger'),
    say: async (text) => (await as('owner')).say(channel.jid, text),
    sayInRoom: async (text) => sayInRoom(await as('owner'), text),
    read: async (id, reader = 'owner') => {
      const raw = await as(reader);
      raw.write(
        `<message to='${channel.jid}' type='chat'><displayed xmlns='urn:xmpp:chat-markers:0' id='${id}'/></message>`,
      );
      await raw.ask(`<ping xmlns='urn:xmpp:ping'/>`);
    },
    seesWorking: async () => {
      const raw = await as('owner');
      raw.write('<presence/>');
      return (
        /<(composing|active)[^>]*chatstates/.exec(
          raw
            .heard()
            .split('<message')
            .findLast((one) => one.includes('chatstates')) ?? '',
        )?.[1] === 'composing'
      );
    },
    sayAsStranger: async (text) => (await as('stranger')).say(channel.jid, text),
    heard: async () => readArchive(await as('owner'), channel.jid),
    kill: async () => {
      await hangUp();
      await server.kill();
    },
    restart: () => server.restart(),
    [Symbol.asyncDispose]: async () => {
      await hangUp();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function sayInRoom(raw: RawXmpp, text: string): Promise<void> {
  if (!raw.heard().includes(`${xmppRoom}/owner`)) {
    raw.write(`<presence to='${xmppRoom}/owner'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
    await raw.until(/<status[^>]*code=['"]110['"]/);
  }
  await raw.say(xmppRoom, text, { type: 'groupchat' });
}

/** What the owner's archive holds of Steward, oldest first. */
async function readArchive(raw: RawXmpp, from: string): Promise<HeardMessage[]> {
  const heard: HeardMessage[] = [];
  let after = '';
  for (;;) {
    const set = `<set xmlns='http://jabber.org/protocol/rsm'><max>50</max>${after}</set>`;
    const answer = await raw.ask(`<query xmlns='urn:xmpp:mam:2'>${set}</query>`, { type: 'set' });
    for (const [message] of answer.matchAll(/<forwarded[\s\S]*?<\/forwarded>/g)) {
      const stanza = /<message[^>]*>/.exec(message)?.[0] ?? '';
      const text = /<body[^>]*>([\s\S]*?)<\/body>/.exec(message)?.[1];
      if (text === undefined || !stanza.includes(from) || !new RegExp(`from=['"]${from}`).test(stanza)) continue;
      heard.push({ id: /\sid=['"]([^'"]*)/.exec(stanza)?.[1], text: unescapeXml(text) });
    }
    const last = /<last>([^<]*)<\/last>/.exec(answer)?.[1];
    if (last === undefined || /<fin[^>]*complete=['"]true/.test(answer)) return heard;
    after = `<after>${last}</after>`;
  }
}
