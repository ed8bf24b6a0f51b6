import { setTimeout as sleep } from 'node:timers/promises';
import { dovecot } from '../test/support/dovecot.ts';
import { smtpSink } from '../test/support/smtp-faults.ts';
import { benchHome, summarise } from './steward-home.ts';

const words = 'The numbers of the third quarter are in the table below. Could you check the second row by Friday? ';

/**
 * A digest of many unread mails from a real Dovecot, no model: intake and digest, with the peak of memory. Twice, the
 * second time with ten times as much mail lying in the mailbox, since memory must follow the new mail and not the old.
 */
export async function measureDigest(mails: number, say: (words: string) => void) {
  const small = await once(mails, 0, say);
  const large = await once(mails, mails * 10, say);
  return { inEmptyMailbox: small, [`besideOlder${mails * 10}`]: large };
}

async function once(mails: number, older: number, say: (words: string) => void) {
  await using imap = await dovecot();
  await using smtp = await smtpSink();
  using home = benchHome();
  say(`putting ${older} older mails into the mailbox`);
  for (let at = 0; at < older; at++)
    await imap.append('me@mail.test', mail(`old-${at}`, at), { date: new Date(Date.now() - 86_400_000) });
  const tls = (caFile: string) => `tls: { ca: ${caFile}, serverName: mail.test }`;
  const login = 'user: me@mail.test, password: pw-me';
  home.write(
    'channels/box.yaml',
    `kind: mail
addresses: [me@mail.test]
imap: { host: 127.0.0.1, port: ${imap.imapsPort}, ${login}, ${tls(imap.caFile)} }
smtp: { host: 127.0.0.1, port: ${smtp.port}, ${login}, ${tls(smtp.caFile)} }
`,
  );
  home.write(
    'triggers/digest.yaml',
    'run: emailDigest\nwhen: { schedule: "0 0 1 1 *", timezone: UTC }\nmissed: { policy: none }\ndeliver: [mail:box]\n',
  );
  home.up();
  const gauge = async (name: string) =>
    Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await home.api.getText('/metrics'))?.[1] ?? 0);
  while ((await gauge('steward_mailboxes')) === 0) await sleep(200);
  const idle = summarise(home.memory());
  say(`putting ${mails} mails into it, and taking them in`);
  let peak = idle;
  let watching = true;
  const watch = (async () => {
    while (watching) {
      const now = summarise(home.memory());
      if (now.pssMib > peak.pssMib) peak = now;
      await sleep(100);
    }
  })();
  const began = performance.now();
  for (let at = 0; at < mails; at++) await imap.append('me@mail.test', mail(`new-${at}`, at));
  while ((await gauge('steward_inbox_rows')) < mails) await sleep(50);
  const takenIn = performance.now();
  await home.fire('digest', 'bench');
  const made = performance.now();
  watching = false;
  await watch;
  const seconds = (from: number, to: number) => Math.round(to - from) / 1000;
  return {
    ...{ mails, older },
    intakeSeconds: seconds(began, takenIn),
    digestSeconds: seconds(takenIn, made),
    mailsPerSecond: Math.round((mails / (made - began)) * 1_000),
    digestMailsPerSecond: Math.round((mails / (made - takenIn)) * 1_000),
    ...{ idleMib: idle.pssMib, peakMib: peak.pssMib, peakParts: peak.parts, delivered: smtp.mails.length },
  };
}

/** A mail of about 6 KB; every fourth is a mailing list's. */
function mail(name: string, at: number): string {
  const list = at % 4 === 0 ? 'List-Id: <talk.out.example>\r\n' : '';
  const head = `From: Ann ${at % 50} <ann${at % 50}@out.example>\r\nTo: me@mail.test\r\nSubject: Figures ${name}\r\n${list}`;
  return `${head}Date: ${new Date().toUTCString()}\r\nMessage-ID: <${name}@out.example>\r\n\r\n${`${words.repeat(3)}\r\n`.repeat(20)}`;
}
