import type { Dispatch, FireReceipt, TriggerEvent } from '../../schemas/dispatch.ts';
import { newId, slotKeys } from '../../schemas/ids.ts';
import type { Store } from '../../store/store.ts';
import type { Hook } from './find-hooks.ts';
import { headerOf, type Verdict, type WebhookRequest } from './webhook-request.ts';

type Proven = Extract<Verdict, { ok: true }>;

/** A larger body is kept with the fire and does not travel with its run. */
const mostArgumentBytes = 32_768;

/** Whether the trigger's file counts this event; every one where it names none. */
export function isListed({ settings }: Hook, { eventType, aliases = [] }: Proven): boolean {
  const { events } = settings;
  return events === undefined || [eventType, ...aliases].some((name) => name !== undefined && events.includes(name));
}

/**
 * A proven request becomes a fire of its trigger. May be repeated: the sender's id makes it the same fire for ever.
 *
 * @throws notFound where the trigger has just gone, storeBusy
 */
export async function fireHook(
  { dispatch, store }: { dispatch: Dispatch; store: Pick<Store, 'keys' | 'clock'> },
  { trigger, settings }: Hook,
  request: WebhookRequest,
  proven: Proven,
): Promise<FireReceipt> {
  const id = proven.deliveryId ?? newId('delivery', store.clock);
  const event = {
    ...{ provider: settings.provider, type: proven.eventType ?? '', deliveryId: id },
    ...{ body: proven.body ?? null, headers: plainHeaders(request) },
  };
  return await dispatch.fireEvent({
    ...{ trigger: trigger.name, kind: 'webhook', source: 'webhook', event },
    slotKey: hookSlotKey(store, trigger.name, id),
    args: Object.keys(trigger.map).length > 0 ? {} : argumentsOf(event, request),
    payload: {
      body: request.rawBody,
      mediaType: headerOf(request, 'content-type') ?? 'application/octet-stream',
    },
  });
}

/** The key of one delivery in the ledger; the sender's id itself is not stored. */
export function hookSlotKey({ keys }: Pick<Store, 'keys'>, trigger: string, deliveryId: string): string {
  return slotKeys.delivery('webhook', keys.fingerprint(`hook:${trigger}`, deliveryId));
}

/** What a flow gets where the trigger's file maps nothing. */
function argumentsOf(
  { provider, type, deliveryId, body }: TriggerEvent['event'],
  { rawBody }: WebhookRequest,
): Record<string, unknown> {
  return {
    event: { provider, type, id: deliveryId },
    ...(rawBody.length > mostArgumentBytes || body === null ? {} : { body }),
  };
}

/** Headers that say what happened; never one that proves who sent it. */
const safeHeaders =
  /^(content-type|user-agent|x-event-key|x-event-type|x-hook-uuid|x-attempt-number|linear-event|x-(github|gitlab|gitea|forgejo|gogs)-(event|event-type|event-uuid|instance)|x-github-hook-(id|installation-target-type)|x-atlassian-webhook-(flow|retry)|x-slack-retry-(num|reason))$/;

function plainHeaders({ headers }: WebhookRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && safeHeaders.test(name) ? [[name, value.slice(0, 200)]] : [],
    ),
  );
}
