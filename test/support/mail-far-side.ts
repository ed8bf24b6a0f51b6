import { createTransport } from 'nodemailer';
import { freePorts } from '../../workers/home/free-port.ts';
import { dovecot, type TestDovecot } from './dovecot.ts';
import { postfix, postfixMissing, type TestPostfix } from './postfix.ts';

const owner = 'me@mail.test';
const steward = 'steward@mail.test';

/** A real Postfix and a real Dovecot, with a box for the owner and one for Steward. */
export interface MailFarSide extends AsyncDisposable {
  readonly postfix: TestPostfix;
  readonly dovecot: TestDovecot;
  /** What a file in channels/ holds. */
  readonly channel: object;
  /** The owner writes to Steward, always in one thread. Resolves once Postfix has taken it. */
  say(text: string): Promise<void>;
  /** What the owner wrote, in the order in which it lies in Steward's box: that is the order that Steward can know. */
  arrived(): Promise<string[]>;
  /** The mails of Steward in the owner's box, in the order in which Postfix took them: what it defers comes later. */
  heard(): Promise<{ readonly messageId: string; readonly raw: string }[]>;
}

/** Starts both servers. @returns why they cannot run here, where they cannot */
export async function mailFarSide(): Promise<MailFarSide | string> {
  const missing = postfixMissing();
  if (missing !== undefined) return missing;
  const [lmtpPort = 0, saslPort = 0] = await freePorts(2);
  const imap = await dovecot({ users: { [steward]: 'pw-steward' }, forPostfix: { lmtpPort, saslPort } });
  const smtp = await postfix({ lmtpPort, saslPort });
  const client = createTransport({
    host: '127.0.0.1',
    port: smtp.smtpPort,
    secure: false,
    ignoreTLS: true,
    pool: true,
  });
  const login = { host: 'localhost', user: steward, password: 'pw-steward' };
  let letters = 0;
  return {
    ...{ postfix: smtp, dovecot: imap },
    channel: {
      ...{ kind: 'mail', addresses: [owner], talk: steward, trustAuthservIds: ['mx.mail.test'] },
      imap: { ...login, port: imap.imapsPort, tls: { ca: imap.caFile }, readEvery: '5s' },
      smtp: { ...login, port: smtp.smtpsPort, tls: { ca: smtp.caFile } },
      rate: { messages: 6_000, per: '1m' },
    },
    say: async (text) => {
      letters += 1;
      const thread = letters === 1 ? {} : { inReplyTo: '<l1@mail.test>', references: ['<l1@mail.test>'] };
      await client.sendMail({
        ...{ from: owner, to: steward, subject: 'Talk', text, messageId: `<l${letters}@mail.test>`, ...thread },
        // As the server at the border writes it, who has looked at the signatures.
        headers: { 'Authentication-Results': 'mx.mail.test; dmarc=pass header.from=mail.test' },
      });
    },
    arrived: async () => (await imap.read(steward)).map(({ raw }) => raw),
    heard: async () => {
      const mails = await imap.read(owner);
      return mails
        .filter(({ raw }) => /^From: .*steward@mail\.test/im.test(raw))
        .toSorted((one, other) => (queueId(one.raw) < queueId(other.raw) ? -1 : 1));
    },
    [Symbol.asyncDispose]: async () => {
      client.close();
      await smtp[Symbol.asyncDispose]();
      await imap[Symbol.asyncDispose]();
    },
  };
}

/** A long queue id begins with the time, and sorts by it. @source postfix.org/postconf.5.html#enable_long_queue_ids */
const queueId = (raw: string): string => /\sby mail\.test \(Postfix\)[^;]*?\sid\s+(\w+)/i.exec(raw)?.[1] ?? '';
