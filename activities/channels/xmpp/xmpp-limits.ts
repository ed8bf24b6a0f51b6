import type { ChatLimits } from '../../../schemas/chat-adapter.ts';

/** Servers may stop at 65536 bytes a stanza, and one sign may take 6 bytes in XML. @source RFC 6120 13.12 */
export const xmppLimits: ChatLimits = { maxChars: 10_000, readsBack: true };
