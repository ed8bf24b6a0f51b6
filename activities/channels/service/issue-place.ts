import type { OutgoingChat } from '../../../schemas/chat-message.ts';
import type { CannotSay } from './service-adapter.ts';

/** Where something is said in a project: a comment to what has a number or key there, or a new issue. */
export type IssuePlace = { readonly kind: 'new' } | { readonly kind: 'comment'; readonly on: string };

/** An address as `speaksAt` and the readers of deliveries write it. Pure. @param shape - of a number or key of this service */
export function issuePlaceOf({ address }: Pick<OutgoingChat, 'address'>, shape: RegExp): IssuePlace | undefined {
  if (address === 'new') return { kind: 'new' };
  return shape.test(address) ? { kind: 'comment', on: address } : undefined;
}

export const noSuchPlace: CannotSay = { code: 'addressUnknown', detail: 'its address is no place in this project' };
