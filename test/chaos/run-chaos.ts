/**
<<<<<<< HEAD
 * Seeded campaigns of SIGKILLs against a whole Steward: `npm run chaos -- --scenario digest|webhooks|reload
 * --seed 1 --kills 50`.
 * Each prints progress to stderr and one JSON summary to stdout, and exits 1 on a breach; its file says what it takes.
||||||| b0bf504
 * A seeded campaign of SIGKILLs against a whole Steward while mail arrives:
 * `npm run chaos -- --scenario digest --seed 1 --kills 50 --messages 500 [--keep]`. Prints progress to stderr and one
 * JSON summary to stdout; exits 1 when a mail was lost or doubled, or a digest delivered other than once.
=======
 * A seeded campaign of SIGKILLs against a whole Steward while mail arrives:
 * `npm run chaos -- --scenario digest --seed 1 --kills 50 --messages 500 [--keep]`. Prints progress to stderr and one
 * JSON summary to stdout; exits 1 when a mail was lost or doubled, or a digest delivered other than once.
 *
 * `--scenario schedule` asks the same of slots every few seconds; `--home` goes on with a campaign that was interrupted.
>>>>>>> w-slots
 */
import { parseArgs } from 'node:util';

<<<<<<< HEAD
||||||| b0bf504

import { type ChaosWorld, chaosWorld } from './chaos-world.ts';
import { atRest, judgeDigests } from './judge-digests.ts';
import { killPlan, seeded, type Victim } from './kill-plan.ts';

=======

import { type ChaosWorld, chaosWorld } from './chaos-world.ts';
import { atRest, judgeDigests } from './judge-digests.ts';
import { killPlan, seeded, type Victim } from './kill-plan.ts';
import { scheduleChaos } from './schedule-chaos.ts';

>>>>>>> w-slots

<<<<<<< HEAD
const { values } = parseArgs({ options: { scenario: { type: 'string', default: 'digest' } }, strict: false });
if (values.scenario === 'digest') await import('./run-digest.ts');
else if (values.scenario === 'webhooks') await import('./run-hooks.ts');
else if (values.scenario === 'reload') await import('./run-reload.ts');
else throw new TypeError(`Unknown scenario ${values.scenario}, expected digest, webhooks or reload`);
||||||| b0bf504
const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'digest' },
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '50' },
    messages: { type: 'string', default: '500' },
    keep: { type: 'boolean', default: false },
  },
});
if (values.scenario !== 'digest') throw new TypeError(`Unknown scenario ${values.scenario}, expected digest`);
const seed = Number(values.seed);
const kills = Number(values.kills);
const messages = Number(values.messages);
const restWithinMs = 15 * 60_000;
/** One attempt to send in so many loses its answer after the final dot. */
const dropOneIn = 5;

const say = (words: string) => process.stderr.write(`${words}\n`);
const messageId = (at: number) => `<chaos-${seed}-${at}@out.example>`;

say(`seed ${seed}: starting Steward`);
await using world = await chaosWorld({ keep: values.keep });
await firstLook(world);

const random = seeded(seed ^ 0x9e3779b9);
const over = false;
const forwarding = forwardOwnMail(world, () => over);
const unanswered = loseAnswers(world, random, () => over);
const began = performance.now();
const plan = killPlan(seed, kills);
const spreadMs = plan.reduce((sum, kill) => sum + kill.afterMs, 0);
const [killed] = await Promise.all([killAll(world), putMails(world, spreadMs)]);
say('no more kills; waiting for rest');
const rested = await waitForRest(world);
over = true;
await Promise.all([forwarding, unanswered]);
// The last copies may still be on their way in; what they prove is written by the next reading of the mailbox.
await sleep(15_000);

const onServer = (await world.imap.list('me@mail.test'))
  .flatMap((mail) => mail.messageId ?? [])
  .filter((id) => id.includes('@out.example'));
const accepted = world.smtp.mails.flatMap(({ raw }) => /^Message-ID:\s*(<[^>]+>)/im.exec(raw)?.[1] ?? []);
const verdict = await world.withStore((store) => judgeDigests(store, onServer, accepted));
const failed =
  !rested ||
  onServer.length !== messages ||
  verdict.lost.length + verdict.doubled.length + verdict.misdelivered.length > 0;
process.stdout.write(
  `${JSON.stringify({
    ...{ scenario: 'digest', seed, kills: killed, messages: verdict.messages, digests: verdict.digests, rested },
    ...{ lost: verdict.lost.length, doubled: verdict.doubled.length, invented: verdict.invented.length },
    ...{
      unknown: verdict.unknown,
      misdelivered: verdict.misdelivered,
      seconds: Math.round((performance.now() - began) / 1000),
    },
  })}\n`,
);
process.exitCode = failed ? 1 : 0;

/** Steward takes a mailbox from now on: mail that came before its first look is none of its business. */
async function firstLook({ withStore }: ChaosWorld): Promise<void> {
  for (;;) {
    const { rowCount } = await withStore((store) => store.db.execute('select 1 from cursors'));
    if (rowCount !== 0) return;
    await sleep(200);
  }
}

async function putMails({ imap }: ChaosWorld, overMs: number): Promise<void> {
  for (let at = 0; at < messages; at++) {
    const raw = `From: Ann <ann@out.example>\r\nTo: me@mail.test\r\nSubject: Note ${at}\r\nDate: ${new Date().toUTCString()}\r\nMessage-ID: ${messageId(at)}\r\n\r\nCould you look at note ${at} by Friday?\r\n`;
    await untilDone(
      () => imap.append('me@mail.test', raw),
      async () => {
        // An append whose answer was lost may have happened; look before trying again.
        const there = await imap.list('me@mail.test');
        return there.some((mail) => mail.messageId === messageId(at));
      },
    );
    await sleep((overMs / messages) * random() * 1.6);
  }
  say(`${messages} mails are in the mailbox`);
}

async function killAll(w: ChaosWorld): Promise<Record<Victim, number>> {
  const counts: Record<Victim, number> = { node: 0, temporal: 0, postgres: 0, imap: 0 };
  for (const [at, { afterMs, victim }] of plan.entries()) {
    await sleep(afterMs);
    await killOne(w, victim);
    counts[victim] += 1;
    if ((at + 1) % 10 === 0) say(`${at + 1} of ${kills} kills`);
  }
  return counts;
}

async function killOne({ imap, pidOf }: ChaosWorld, victim: Victim): Promise<void> {
  if (victim === 'imap') {
    await imap.kill();
    await sleep(200 + random() * 800);
    return await imap.restart();
  }
  for (;;) {
    // A part that is down already is no kill: wait until it is back.
    const pid = pidOf(victim === 'node' ? 'steward' : victim);
    try {
      if (pid !== undefined) return void process.kill(pid, 'SIGKILL');
    } catch {
      // It ended between the look and the kill.
    }
    await sleep(50);
  }
}

/** What a mail provider does: mail from the owner to the owner comes back into the inbox. */
async function forwardOwnMail({ imap, smtp }: ChaosWorld, ended: () => boolean): Promise<void> {
  let forwarded = 0;
  while (!ended() || forwarded < smtp.mails.length) {
    const mail = smtp.mails[forwarded];
    if (mail === undefined) {
      await sleep(100);
      continue;
    }
    await untilDone(() => imap.append('me@mail.test', mail.raw));
    forwarded += 1;
  }
}

async function loseAnswers({ smtp }: ChaosWorld, chance: () => number, ended: () => boolean): Promise<void> {
  while (!ended()) {
    smtp.fault = chance() * dropOneIn < 1 ? 'dropAfterDot' : 'none';
    await sleep(500);
  }
  smtp.fault = 'none';
}

async function waitForRest({ withStore }: ChaosWorld): Promise<boolean> {
  const until = performance.now() + restWithinMs;
  while (performance.now() < until) {
    if (await withStore((store) => atRest(store, messages)).catch(() => false)) return true;
    await sleep(2_000);
  }
  return false;
}

async function untilDone(act: () => Promise<unknown>, done: () => Promise<boolean> = async () => false): Promise<void> {
  for (;;) {
    try {
      await act();
      return;
    } catch {
      await sleep(300);
      if (await done().catch(() => false)) return;
    }
  }
}
=======
const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'digest' },
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '50' },
    messages: { type: 'string', default: '500' },
    keep: { type: 'boolean', default: false },
    home: { type: 'string' },
  },
});
const seed = Number(values.seed);
const kills = Number(values.kills);
if (values.scenario === 'schedule') {
  const { home, keep } = values;
  const { ok, summary } = await scheduleChaos({ seed, kills, keep, ...(home === undefined ? {} : { home }) });
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  process.exit(ok ? 0 : 1);
}
if (values.scenario !== 'digest') {
  throw new TypeError(`Unknown scenario ${values.scenario}, expected digest or schedule`);
}
const messages = Number(values.messages);
const restWithinMs = 15 * 60_000;
/** One attempt to send in so many loses its answer after the final dot. */
const dropOneIn = 5;

const say = (words: string) => process.stderr.write(`${words}\n`);
const messageId = (at: number) => `<chaos-${seed}-${at}@out.example>`;

say(`seed ${seed}: starting Steward`);
await using world = await chaosWorld({ keep: values.keep });
await firstLook(world);

const random = seeded(seed ^ 0x9e3779b9);
let over = false;
const forwarding = forwardOwnMail(world, () => over);
const unanswered = loseAnswers(world, random, () => over);
const began = performance.now();
const plan = killPlan(seed, kills);
const spreadMs = plan.reduce((sum, kill) => sum + kill.afterMs, 0);
const [killed] = await Promise.all([killAll(world), putMails(world, spreadMs)]);
say('no more kills; waiting for rest');
const rested = await waitForRest(world);
over = true;
await Promise.all([forwarding, unanswered]);
// The last copies may still be on their way in; what they prove is written by the next reading of the mailbox.
await sleep(15_000);

const onServer = (await world.imap.list('me@mail.test'))
  .flatMap((mail) => mail.messageId ?? [])
  .filter((id) => id.includes('@out.example'));
const accepted = world.smtp.mails.flatMap(({ raw }) => /^Message-ID:\s*(<[^>]+>)/im.exec(raw)?.[1] ?? []);
const verdict = await world.withStore((store) => judgeDigests(store, onServer, accepted));
const failed =
  !rested ||
  onServer.length !== messages ||
  verdict.lost.length + verdict.doubled.length + verdict.misdelivered.length > 0;
process.stdout.write(
  `${JSON.stringify({
    ...{ scenario: 'digest', seed, kills: killed, messages: verdict.messages, digests: verdict.digests, rested },
    ...{ lost: verdict.lost.length, doubled: verdict.doubled.length, invented: verdict.invented.length },
    ...{
      unknown: verdict.unknown,
      misdelivered: verdict.misdelivered,
      seconds: Math.round((performance.now() - began) / 1000),
    },
  })}\n`,
);
process.exitCode = failed ? 1 : 0;

/** Steward takes a mailbox from now on: mail that came before its first look is none of its business. */
async function firstLook({ withStore }: ChaosWorld): Promise<void> {
  for (;;) {
    const { rowCount } = await withStore((store) => store.db.execute('select 1 from cursors'));
    if (rowCount !== 0) return;
    await sleep(200);
  }
}

async function putMails({ imap }: ChaosWorld, overMs: number): Promise<void> {
  for (let at = 0; at < messages; at++) {
    const raw = `From: Ann <ann@out.example>\r\nTo: me@mail.test\r\nSubject: Note ${at}\r\nDate: ${new Date().toUTCString()}\r\nMessage-ID: ${messageId(at)}\r\n\r\nCould you look at note ${at} by Friday?\r\n`;
    await untilDone(
      () => imap.append('me@mail.test', raw),
      async () => {
        // An append whose answer was lost may have happened; look before trying again.
        const there = await imap.list('me@mail.test');
        return there.some((mail) => mail.messageId === messageId(at));
      },
    );
    await sleep((overMs / messages) * random() * 1.6);
  }
  say(`${messages} mails are in the mailbox`);
}

async function killAll(w: ChaosWorld): Promise<Record<Victim, number>> {
  const counts: Record<Victim, number> = { node: 0, temporal: 0, postgres: 0, imap: 0 };
  for (const [at, { afterMs, victim }] of plan.entries()) {
    await sleep(afterMs);
    await killOne(w, victim);
    counts[victim] += 1;
    if ((at + 1) % 10 === 0) say(`${at + 1} of ${kills} kills`);
  }
  return counts;
}

async function killOne({ imap, pidOf }: ChaosWorld, victim: Victim): Promise<void> {
  if (victim === 'imap') {
    await imap.kill();
    await sleep(200 + random() * 800);
    return await imap.restart();
  }
  for (;;) {
    // A part that is down already is no kill: wait until it is back.
    const pid = pidOf(victim === 'node' ? 'steward' : victim);
    try {
      if (pid !== undefined) return void process.kill(pid, 'SIGKILL');
    } catch {
      // It ended between the look and the kill.
    }
    await sleep(50);
  }
}

/** What a mail provider does: mail from the owner to the owner comes back into the inbox. */
async function forwardOwnMail({ imap, smtp }: ChaosWorld, ended: () => boolean): Promise<void> {
  let forwarded = 0;
  while (!ended() || forwarded < smtp.mails.length) {
    const mail = smtp.mails[forwarded];
    if (mail === undefined) {
      await sleep(100);
      continue;
    }
    await untilDone(() => imap.append('me@mail.test', mail.raw));
    forwarded += 1;
  }
}

async function loseAnswers({ smtp }: ChaosWorld, chance: () => number, ended: () => boolean): Promise<void> {
  while (!ended()) {
    smtp.fault = chance() * dropOneIn < 1 ? 'dropAfterDot' : 'none';
    await sleep(500);
  }
  smtp.fault = 'none';
}

async function waitForRest({ withStore }: ChaosWorld): Promise<boolean> {
  const until = performance.now() + restWithinMs;
  while (performance.now() < until) {
    if (await withStore((store) => atRest(store, messages)).catch(() => false)) return true;
    await sleep(2_000);
  }
  return false;
}

async function untilDone(act: () => Promise<unknown>, done: () => Promise<boolean> = async () => false): Promise<void> {
  for (;;) {
    try {
      await act();
      return;
    } catch {
      await sleep(300);
      if (await done().catch(() => false)) return;
    }
  }
}
>>>>>>> w-slots
