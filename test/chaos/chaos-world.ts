import { dovecot, type TestDovecot } from '../support/dovecot.ts';
import { type SmtpSink, smtpSink } from '../support/smtp-faults.ts';
import { type ChaosHome, chaosHome } from './chaos-home.ts';

/** A whole Steward in a home of its own, with a real mail server on either side. */
export interface ChaosWorld extends ChaosHome {
  readonly imap: TestDovecot;
  readonly smtp: SmtpSink;
}

/** Starts Steward through its own command line, with a mailbox and a digest trigger that settles after two seconds. */
export async function chaosWorld(options: { settle?: string; keep?: boolean } = {}): Promise<ChaosWorld> {
  const imap = await dovecot();
  const smtp = await smtpSink();
  const home = chaosHome({
    files: {
      'channels/box.yaml': channelText(imap, smtp),
      'triggers/email-digest.yaml': digestTrigger(options.settle ?? '2s'),
    },
    ...(options.keep === undefined ? {} : { keep: options.keep }),
  });
  return {
    ...{ ...home, imap, smtp },
    [Symbol.asyncDispose]: async () => {
      home.down();
      await smtp[Symbol.asyncDispose]();
      await imap[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}

const channelText = (imap: TestDovecot, smtp: SmtpSink) => `kind: mail
addresses: [me@mail.test]
imap:
  host: 127.0.0.1
  port: ${imap.imapsPort}
  user: me@mail.test
  password: pw-me
  readEvery: 10s
  tls: { ca: ${imap.caFile}, serverName: mail.test }
smtp:
  host: 127.0.0.1
  port: ${smtp.port}
  user: me@mail.test
  password: pw-me
  tls: { ca: ${smtp.caFile}, serverName: mail.test }
`;

const digestTrigger = (settle: string) => `run: emailDigest
when: { mail: {}, settle: ${settle} }
deliver: [mail:me]
`;
