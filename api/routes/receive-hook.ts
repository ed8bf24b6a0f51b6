import type { NextFunction, Request, Response } from 'express';
import { z } from 'zod';
import type { FireReceipt } from '../../schemas/dispatch.ts';
import { StewardError } from '../../schemas/errors.ts';
import { findHooks, type Hook } from '../../triggers/webhooks/find-hooks.ts';
import { fireHook, isListed } from '../../triggers/webhooks/fire-hook.ts';
import { verifyWebhook } from '../../triggers/webhooks/verify-webhook.ts';
import type { Verdict, WebhookRequest } from '../../triggers/webhooks/webhook-request.ts';
import type { ApiDeps } from '../api-deps.ts';
import { countHook } from '../count-hooks.ts';
import { problem } from '../problem.ts';
import { type HeldBody, readRawBody } from '../read-raw-body.ts';
import { rawRoute } from '../route.ts';

type Proven = Extract<Verdict, { ok: true }>;
interface Judged {
  readonly hook: Hook;
  readonly proven: Proven;
}

const params = z.strictObject({ path: z.string().max(100).describe('As the trigger’s file names it') });
const windowMs = 60_000;

export const receiveHook = rawRoute({
  method: 'post',
  path: '/hooks/{path}',
  summary: 'Takes a webhook; its sender proves itself as the trigger’s file says',
  access: 'open',
  params,
  answers: {
    200: z
      .strictObject({
        accepted: z.boolean().describe('False where this delivery had come before, or its event does not count'),
        fireId: z.string().optional(),
      })
      .describe('Row and start are safe. Slack, Mattermost and Teams get what they show or nothing'),
    401: problem,
    404: problem,
    413: problem,
    429: problem,
    503: problem,
  },
  raw: receive,
});

export const probeHook = rawRoute({
  method: 'head',
  path: '/hooks/{path}',
  summary: 'Answers the question that Trello asks before it makes a hook',
  access: 'open',
  params,
  answers: { 200: 'text/plain', 404: problem },
  raw: async (deps, request, response, next) => {
    const hooks = findHooks(deps.files.current(), String(request.params.path), deps.store.clock.now());
    if (!hooks.some(({ settings }) => settings.provider === 'trello')) return next();
    response.status(200).end();
  },
});

async function receive(deps: ApiDeps, request: Request, response: Response, next: NextFunction): Promise<void> {
  const now = deps.store.clock.now();
  const hooks = findHooks(deps.files.current(), String(request.params.path), now);
  // Nothing here: the answer is that of any path that does not exist, and comes before a byte of the body is read.
  if (hooks.length === 0) return next();
  const { bytes: rawBody, release } = await readBody(request, hooks);
  try {
    await take(deps, hooks, { headers: request.headers, rawBody, now }, response, next);
  } finally {
    release();
  }
}

async function take(
  deps: ApiDeps,
  hooks: readonly Hook[],
  asked: WebhookRequest,
  response: Response,
  next: NextFunction,
): Promise<void> {
  const judged = await prove(deps, hooks, asked);
  const challenge = judged.find(({ proven }) => proven.challenge !== undefined)?.proven.challenge;
  if (challenge !== undefined) return void response.status(200).type('text/plain').end(challenge);
  const listed = judged.filter(({ hook, proven }) => isListed(hook, proven));
  const within: Judged[] = [];
  for (const one of listed) if (await isWithinRate(deps, one.hook, asked.now)) within.push(one);
  const receipts: FireReceipt[] = [];
  for (const { hook, proven } of within) {
    const receipt = await fireIfThere(deps, hook, asked, proven);
    if (receipt !== undefined) receipts.push(receipt);
  }
  for (let ignored = listed.length; ignored < judged.length; ignored += 1) countHook('ignored');
  if (receipts.length === 0 && within.length < listed.length) throw tooMany(response, asked.now);
  // The files changed while the body came in: by now there is nothing here.
  if (receipts.length === 0 && within.length === judged.length) return next();
  if (receipts.some((receipt) => receipt.unstarted)) {
    countHook('unsafe');
    throw new StewardError('temporalBusy', 'The event is kept and its run could not be started yet');
  }
  for (const { accepted } of receipts) countHook(accepted ? 'accepted' : 'repeated');
  answer(response, judged[0]!.hook, receipts);
}

/** Up to the most that one of the hooks takes. */
async function readBody(request: Request, hooks: readonly Hook[]): Promise<HeldBody> {
  try {
    return await readRawBody(request, Math.max(...hooks.map(({ settings }) => settings.maxBytes)));
  } catch (error) {
    if ((error as { status?: unknown }).status === 413) countHook('tooLarge');
    else if (error instanceof StewardError && error.code === 'tooMany') countHook('limited');
    throw error;
  }
}

/** @returns undefined where the trigger has just gone, which is no matter of its neighbours at the same address */
async function fireIfThere(...[deps, hook, asked, proven]: Parameters<typeof fireHook>) {
  try {
    return await fireHook(deps, hook, asked, proven);
  } catch (error) {
    if (error instanceof StewardError && error.code === 'notFound') return undefined;
    throw error;
  }
}

/** The triggers for which the request is proven. @throws hookRefused where it is proven for none */
async function prove(deps: ApiDeps, hooks: readonly Hook[], asked: WebhookRequest): Promise<Judged[]> {
  const verdicts = hooks
    .filter(({ settings }) => asked.rawBody.length <= settings.maxBytes)
    .map((hook) => ({ hook, verdict: verifyWebhook(asked, hook.settings) }));
  const proven = verdicts.flatMap(({ hook, verdict }) => (verdict.ok ? [{ hook, proven: verdict }] : []));
  if (proven.length > 0) return proven;
  const refusals = verdicts.flatMap(({ verdict }) => (verdict.ok ? [] : [verdict.refused]));
  const why = refusals.find((one) => one === 'wrong time') ?? refusals[0] ?? 'unsigned';
  countHook('refused');
  await sayRefused(deps, hooks[0]!, why);
  throw new StewardError('hookRefused', `The request does not prove its sender: ${why}`);
}

/** Once a minute for each hook and reason: a flood must not fill the log. */
async function sayRefused({ hot, log, store }: ApiDeps, { trigger }: Hook, why: string): Promise<void> {
  const key = `hook-refused:${store.keys.fingerprint('hook', trigger.name)}:${why}`;
  if (await hot.claim(key, '1', windowMs)) log.warn({ trigger: trigger.name, why }, 'a webhook was refused');
}

/** Counts what is proven and listed, so that only its sender can use up what a hook takes. */
async function isWithinRate({ hot, store }: ApiDeps, { trigger, settings }: Hook, now: Date): Promise<boolean> {
  const window = Math.floor(now.getTime() / windowMs);
  const key = `hook-rate:${store.keys.fingerprint('hook', trigger.name)}:${window}`;
  if ((await hot.increment(key, 1, 2 * windowMs)) <= settings.perMinute) return true;
  countHook('limited');
  return false;
}

function tooMany(response: Response, now: Date): StewardError {
  const leftMs = windowMs - (now.getTime() % windowMs);
  response.set('retry-after', String(Math.ceil(leftMs / 1000)));
  return new StewardError('tooMany', 'This hook takes no more requests in this minute');
}

/** Any 2xx would do, but for Trello, which wants 200; chat services show what they are answered. */
function answer(response: Response, { settings }: Hook, receipts: readonly FireReceipt[]): void {
  const { provider } = settings;
  response.status(200);
  if (provider === 'slack' || provider === 'mattermost') return void response.end();
  if (provider === 'teams') return void response.json({ type: 'message', text: 'Received' });
  const [first] = receipts;
  response.json({
    accepted: receipts.some((receipt) => receipt.accepted),
    ...(first === undefined ? {} : { fireId: first.fireId }),
  });
}
