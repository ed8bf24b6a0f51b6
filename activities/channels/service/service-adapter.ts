import { setTimeout as sleep } from 'node:timers/promises';
import type { ChatChannel } from '../../../schemas/channel-file.ts';
import type { ChatAdapter, ChatLimits, ChatServing } from '../../../schemas/chat-adapter.ts';
import type { OutgoingChat } from '../../../schemas/chat-message.ts';
import { StewardError } from '../../../schemas/errors.ts';
import type { SendResult } from '../../../schemas/outgoing.ts';
import { askService, nameServiceFailure, refuseAnswer, type ServiceAnswer, type ServiceAsk } from './ask-service.ts';

/** Why a message cannot be said at all. */
export interface CannotSay {
  readonly code: string;
  readonly detail: string;
}

/** It is there already: an earlier attempt said it. */
export interface SaidAlready {
  readonly already: true;
}

/** What is special about one service behind HTTP; all else is the same for all of them. */
export interface Service<C extends ChatChannel> {
  readonly limits: ChatLimits;
  /** A question that only a holder of the token gets an answer to. Undefined where there is no such thing. */
  check(channel: C): ServiceAsk | undefined;
  /** The one request that says it. @param prepare - asks what must be known first; nothing is said by it */
  say(channel: C, message: OutgoingChat, prepare: Prepare): Promise<ServiceAsk | CannotSay | SaidAlready>;
  /** Whether the far side drops a second request for the same message. */
  isIdempotent?(channel: C, message: OutgoingChat): boolean;
  /** What a success says where it can be a no all the same; undefined for a plain yes. */
  judge?(answer: ServiceAnswer): SendResult | undefined;
  /** Where a copy would lie, and which entry of the answer it is. */
  find?(channel: C, message: OutgoingChat, prepare: Prepare): Promise<FindCopy | undefined>;
  /** Reads what was said since the cursor; what is pushed is only a hint then. */
  read?(serving: ChatServing<C>): Promise<void>;
}

/** Asks a question on the way to saying something. @throws what `askService` throws, and a refusal of it */
export type Prepare = (ask: ServiceAsk) => Promise<unknown>;

export interface FindCopy {
  readonly ask: ServiceAsk;
  readonly isCopy: (json: unknown) => boolean;
}

const soonMs = 5_000;
const insecureMs = 300_000;

/** Makes an adapter of what is special about a service. */
export function serviceAdapter<C extends ChatChannel>(service: Service<C>): ChatAdapter<C> {
  return {
    limits: service.limits,
    serve: (serving) => serveService(service, serving),
    check: async (channel, signal) => {
      const ask = service.check(channel);
      if (ask === undefined) return;
      const answer = await askService(ask, { signal }).catch((cause: unknown) => {
        throw nameServiceFailure(cause, channel.kind);
      });
      refuseAnswer(answer, channel.kind);
      const no = service.judge?.(answer);
      if (no !== undefined && no.state !== 'sent') {
        throw new StewardError('channelLoginRefused', `The service ${channel.kind} refused the account: ${no.detail}`);
      }
    },
    send: (channel, message, contentBegins) => sendOnce(service, channel, message, contentBegins),
    findCopy: async (channel, message) => {
      try {
        const looking = await service.find?.(channel, message, prepareFor(channel));
        if (looking === undefined) return { found: false };
        const answer = await askService(looking.ask);
        if (answer.status === 404 || answer.status === 410) return { found: false };
        refuseAnswer(answer, channel.kind);
        return looking.isCopy(answer.json) ? { found: true, where: channel.kind } : { found: false };
      } catch (cause) {
        throw nameServiceFailure(cause, channel.kind);
      }
    },
  };
}

/** What is pushed comes in by /hooks/channels/<name>; what can be read is read on a timer as well. */
async function serveService<C extends ChatChannel>(service: Service<C>, serving: ChatServing<C>): Promise<void> {
  const { signal, channel } = serving;
  while (!signal.aborted) {
    try {
      await service.read?.(serving);
    } catch (cause) {
      if (signal.aborted) return;
      throw nameServiceFailure(cause, channel.kind);
    }
    serving.up();
    await sleep(channel.readEvery, undefined, { signal }).catch(() => undefined);
  }
}

async function sendOnce<C extends ChatChannel>(
  service: Service<C>,
  channel: C,
  message: OutgoingChat,
  contentBegins: () => Promise<void>,
): Promise<SendResult> {
  let ask: ServiceAsk | CannotSay | SaidAlready;
  try {
    ask = await service.say(channel, message, prepareFor(channel));
  } catch (cause) {
    return beforeContent(nameServiceFailure(cause, channel.kind));
  }
  if ('code' in ask) return { state: 'failed', ...ask };
  if ('already' in ask) return { state: 'sent', detail: `${channel.kind} has it already` };
  await contentBegins();
  let left = false;
  const onSending = () => {
    left = true;
  };
  const lost: SendResult = service.isIdempotent?.(channel, message)
    ? { state: 'again', detail: 'no answer came; the far side drops a second one', waitMs: soonMs }
    : { state: 'unknown', detail: 'the message left and no answer settled it' };
  try {
    const answer = await askService(ask, { onSending });
    const judged = service.judge?.(answer);
    // A service may ask to wait with any status that says no: Linear does with 400.
    if (judged?.state === 'again' && answer.status < 500) return judged;
    return judgeStatus(answer, lost) ?? judged ?? { state: 'sent', detail: `${channel.kind} took it` };
  } catch (cause) {
    return left ? lost : beforeContent(nameServiceFailure(cause, channel.kind));
  }
}

/** Undefined for a success. What fails within the service may have been done all the same. */
function judgeStatus({ status, waitMs }: ServiceAnswer, lost: SendResult): SendResult | undefined {
  if (status >= 200 && status < 300) return undefined;
  const detail = `status ${status}`;
  if (status === 429 || (status === 403 && waitMs !== undefined))
    return { state: 'again', detail, waitMs: waitMs ?? 60_000 };
  if (status === 408 || status >= 500) return lost;
  return { state: 'failed', detail, code: status === 401 ? 'channelLoginRefused' : `HTTP_${status}` };
}

function beforeContent(named: StewardError): SendResult {
  const detail = named.message;
  if (named.code === 'channelLoginRefused') return { state: 'failed', detail, code: named.code };
  return { state: 'again', detail, waitMs: named.code === 'channelInsecure' ? insecureMs : soonMs };
}

function prepareFor({ kind }: ChatChannel): Prepare {
  return async (ask) => {
    const answer = await askService(ask);
    refuseAnswer(answer, kind);
    return answer.json;
  };
}
