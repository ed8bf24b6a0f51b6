import { slotRuleOf } from '../schemas/slot-rule.ts';
import type { TriggerFile } from '../schemas/trigger-file.ts';
import { ruleWords } from './rule-words.ts';
import { spanWords } from './span-words.ts';

type When = TriggerFile['when'];
type Of<K extends string> =
  Extract<When, Record<K, unknown>> extends infer W ? (K extends keyof W ? W[K] : never) : never;

/** When a trigger fires: a sentence, and a few words for a picture. Pure. @param zone - the owner's */
export function describeWhen(
  trigger: Pick<TriggerFile, 'when' | 'until'>,
  zone: string,
): { long: string; short: string } {
  const { when } = trigger;
  const rule = slotRuleOf(trigger, zone);
  if (rule !== undefined) return { long: ruleWords(rule), short: shortRule(when) };
  if ('mail' in when) return ofMail(when.mail, when.settle);
  if ('message' in when) return ofMessage(when.message);
  if ('http' in when) return ofHttp(when.http);
  if ('webhook' in when) return ofWebhook(when.webhook);
  if ('metric' in when) return ofMetric(when.metric);
  if ('file' in when) return ofFile(when.file);
  return ofFlow((when as Extract<When, { flow: unknown }>).flow);
}

function shortRule(when: When): string {
  if ('schedule' in when) return when.schedule;
  if ('every' in when) return `every ${spanWords(when.every)}`;
  if ('at' in when) return `at ${when.at}`;
  return 'rrule' in when ? when.rrule : '';
}

function ofMail(mail: Of<'mail'>, settleMs: number) {
  const wanted = [
    mail.account === undefined ? '' : `to account ${mail.account}`,
    mail.folder === undefined ? '' : `in folder ${mail.folder}`,
    mail.from === undefined ? '' : `whose sender holds ${mail.from}`,
    mail.subject === undefined ? '' : `whose subject holds ${mail.subject}`,
    mail.proven === undefined ? '' : mail.proven ? 'with a proven sender' : 'whose sender nobody vouches for',
    mail.attachment === undefined ? '' : `${mail.attachment ? 'with' : 'without'} an attachment`,
    mail.class === undefined ? '' : `of class ${mail.class.join(' or ')}`,
    mail.unread === undefined ? '' : mail.unread ? 'not seen yet' : 'seen already',
  ].filter((words) => words !== '');
  const settle = settleMs > 0 ? `; mail within ${spanWords(settleMs)} is one fire` : '';
  const short =
    mail.from === undefined
      ? mail.account === undefined
        ? 'mail'
        : `mail in ${mail.account}`
      : `mail from ${mail.from}`;
  return { long: `when mail comes${wanted.length === 0 ? '' : ` ${wanted.join(', ')}`}${settle}`, short };
}

function ofMessage({ channel, room, from, pattern, mention }: Of<'message'>) {
  const wanted = [
    channel === undefined ? '' : `on ${channel}`,
    room === undefined ? '' : `in room ${room}`,
    from === undefined ? '' : `whose sender holds ${from}`,
    pattern === undefined ? '' : `whose text holds ${pattern}`,
    mention === undefined ? '' : mention ? 'that speaks to Steward' : 'that does not speak to Steward',
  ].filter((words) => words !== '');
  return {
    long: `when a message comes${wanted.length === 0 ? '' : ` ${wanted.join(', ')}`}`,
    short: pattern === undefined ? `message${channel === undefined ? '' : ` on ${channel}`}` : `message "${pattern}"`,
  };
}

const onWords = {
  fault: 'when it becomes a fault',
  recovery: 'when it is well again',
  both: 'when it becomes a fault and when it is well again',
} as const;

function ofHttp({ url, method, every, timeout, status, body, certificate, on, ...http }: Of<'http'>) {
  // The address may hold a token in its path or query.
  const { host } = new URL(url);
  const many = typeof http.for === 'number' ? http.for : http.for.n;
  const row = typeof http.for === 'number' ? `${many} in a row` : `${many} of the last ${http.for.of}`;
  const faults = [
    status.join(', '),
    body?.matches === undefined ? '' : `a body that holds ${body.matches}`,
    body?.lacks === undefined ? '' : `a body without ${body.lacks}`,
    certificate === undefined ? '' : `a certificate that ends within ${spanWords(certificate.expiresWithin)}`,
  ].filter((words) => words !== '');
  const asked = `${method} ${host} is asked every ${spanWords(every)}, ${spanWords(timeout)} for an answer`;
  return {
    long: `${asked}; ${onWords[on]}: ${row} of ${faults.join(', or ')}; well after ${http.recovers ?? many} good ones`,
    short: `${host} ${on === 'both' ? 'changes' : on === 'fault' ? 'fails' : 'recovers'}`,
  };
}

function ofWebhook({ provider, path, events }: Of<'webhook'>) {
  const which = events === undefined ? 'any event' : `event ${events.join(' or ')}`;
  return {
    long: `when ${provider} sends ${which} to /hooks/${path ?? '<name>'} and proves itself`,
    short: `${provider} hook${events === undefined ? '' : ` ${events.join('|')}`}`,
  };
}

function ofMetric({ machine, prometheus, above, below, clear, every, on, ...metric }: Of<'metric'>) {
  const figure = machine ?? `the query at ${new URL(prometheus!.url).host}`;
  const line = above === undefined ? `below ${below}` : `above ${above}`;
  const held = metric.for === 0 ? '' : ` for ${spanWords(metric.for)}`;
  const well = clear === undefined ? '' : `, well again past ${clear}`;
  return {
    long: `${figure} is read every ${spanWords(every)}; ${onWords[on]}: ${line}${held}${well}`,
    short: `${machine ?? 'metric'} ${line}`,
  };
}

function ofFile({ path, match, on, settle }: Of<'file'>) {
  const what = match === undefined ? path : `${match} in ${path}`;
  return {
    long: `when ${what} ${on.join(' or ')}, once it has not changed for ${spanWords(settle)}`,
    short: `${what} ${on.join('|')}`,
  };
}

function ofFlow({ run, trigger, ending, outcome }: Of<'flow'>) {
  const what = [run === undefined ? '' : `flow ${run}`, trigger === undefined ? '' : `trigger ${trigger}`];
  const who = what.filter((words) => words !== '').join(' of ');
  const said = outcome === undefined ? '' : ` and said ${outcome}`;
  return {
    long: `when a fire of ${who} ended ${ending.join(' or ')}${said}`,
    short: `${trigger ?? run} ${ending.join('|')}`,
  };
}
